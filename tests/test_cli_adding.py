"""add-uploads: what was sent is extracted under its own name, goes on where it was cut off, and is undone."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.test_cli import Gazetteer

from statement_nlp.cli import main, setup
from statement_nlp.extraction import robust
from statement_nlp.records import Extraction
from statement_nlp.store import Database, batches
from statement_nlp.store.uploads import alone, folder_of


@pytest.fixture
def extracted(monkeypatch):
    """What was extracted, in order; a text that says so makes the finder fail, another ends the process."""
    seen = []

    def extract_each(statements, **_):
        for statement in statements:
            seen.append(statement)
            if "crash" in statement.text:
                yield robust.Crash(statement, "no such thing")
            elif "die" in statement.text:
                raise KeyboardInterrupt
            else:
                yield Extraction(statement)

    monkeypatch.setattr(robust, "extract_each", extract_each)
    monkeypatch.setattr(setup, "open_gazetteer", Gazetteer)
    monkeypatch.setattr(setup, "pipeline_name", lambda: "pipeline@1")
    monkeypatch.setattr(setup, "steps", lambda: ())
    monkeypatch.setattr(setup, "finish", lambda database: None)
    return seen


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "statements.db"
    Database(file).close()
    return file


def send(path: Path, files: dict[str, str], **given: str) -> int:
    with Database(path) as db, db.transaction() as connection:
        batch = batches.send(connection, "a folder", by="root", files=len(files), given=given)
    for name, text in files.items():
        file = folder_of(path, batch) / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf8")
    return batch


def work(path: Path):
    return CliRunner().invoke(main, ["add-uploads", "--db", str(path)])


def rows(path: Path, query: str):
    with Database(path) as db:
        return [tuple(row) for row in db.execute(query)]


ITEMS = "SELECT source, outcome, statement_id FROM batch_items WHERE batch_id = {} ORDER BY position"


def test_files_are_called_as_they_were_and_the_same_again_is_unchanged(path, extracted):
    files = {"2016/a.txt": "Peace now.", "b.txt": "Id: b\nTitle: B\n---\n\nPeace, too.", "c.txt": "", "d.txt": "crash"}
    first, second = send(path, files), send(path, files)
    assert work(path).exit_code == 0
    assert rows(path, ITEMS.format(first)) == [
        ("2016/a.txt", "added", "2016/a.txt"), ("b.txt", "added", "b"), ("c.txt", "failed", None),
        ("d.txt", "failed", None),
    ]  # fmt: skip
    assert [row[1] for row in rows(path, ITEMS.format(second))] == ["unchanged", "unchanged", "failed", "failed"]
    assert rows(path, "SELECT state, files_done FROM batches") == [("done", 4), ("done", 4)]
    why = dict(rows(path, f"SELECT source, message FROM batch_items WHERE batch_id = {first}"))
    assert why["c.txt"].startswith("there is nothing in it")
    assert "a fault of a finder" in why["d.txt"]
    assert not folder_of(path, first).exists(), "what was sent is not kept"


def test_what_a_person_says_of_it_holds(path, extracted):
    send(
        path, {"a.txt": "Peace now."}, title="Peace", published="2016-09", publisher="Lantern", url="https://a.example/"
    )
    send(path, {"b.txt": "One.", "c.txt": "Two."}, title="Not of all", publisher="Lantern")
    work(path)
    assert rows(path, "SELECT id, title, published, publisher, url FROM statements ORDER BY id") == [
        ("a.txt", "Peace", "2016-09", "Lantern", "https://a.example/"),
        ("b.txt", "One.", None, "Lantern", None),
        ("c.txt", "Two.", None, "Lantern", None),
    ]


def test_it_goes_on_where_it_was_cut_off(path, extracted, monkeypatch):
    batch = send(path, {"a.txt": "One.", "b.txt": "die", "c.txt": "Three."})
    assert work(path).exit_code != 0
    assert rows(path, "SELECT state, files_done FROM batches") == [("working", 1)]
    (folder_of(path, batch) / "b.txt").write_text("Two.", encoding="utf8")
    extracted.clear()
    assert work(path).exit_code == 0
    assert [s.id for s in extracted] == ["b.txt", "c.txt"]
    assert rows(path, "SELECT state, files_done FROM batches") == [("done", 3)]


def test_what_ends_the_process_each_time_is_given_up(path, extracted):
    send(path, {"a.txt": "die"})
    send(path, {"b.txt": "Two."})
    for _ in range(4):
        work(path)
    assert rows(path, "SELECT state FROM batches ORDER BY id") == [("failed",), ("done",)]


def test_undoing(path, extracted):
    batch = send(path, {"a.txt": "One.", "b.txt": "Two."})
    work(path)
    with Database(path) as db, db.transaction() as connection:
        batches.ask(connection, batch, "undo")
    assert work(path).exit_code == 0
    assert rows(path, "SELECT count(*) FROM statements") == [(0,)]
    assert rows(path, "SELECT state FROM batches") == [("undone",)]


def test_a_second_process_ends_at_once(path, extracted):
    send(path, {"a.txt": "One."})
    with alone(path):
        assert "Another process works" in work(path).output
    assert extracted == []
