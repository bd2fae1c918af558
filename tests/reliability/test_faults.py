"""Faults of the machine and of other programs: a clear error that names the file and the way out, and nothing lost."""

from __future__ import annotations

import contextlib
import multiprocessing
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.reliability import killing
from tests.store.conftest import WORLD, madaya

from statement_nlp.errors import DatabaseError
from statement_nlp.store import Database, Run, clock
from statement_nlp.store import database as database_module

RUN = Run("pipeline@1", version="0.1.0", started="2026-01-01T00:00:00Z")


@pytest.fixture
def path(tmp_path):
    """A database with one statement."""
    with Database(tmp_path / "s.db", lookup=WORLD.get) as database:
        database.save(madaya(), RUN)
    return tmp_path / "s.db"


def _fill(database: Database) -> None:
    for n in range(50):
        database.save(madaya(statement_id=f"more-{n}"), RUN)


def ids(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        return [row[0] for row in db.execute("SELECT id FROM statements ORDER BY id")]


def test_a_full_database_says_so_and_keeps_what_it_has(path):
    """SQLite's own bound on pages gives the error of a full disk at the same place."""
    with Database(path, lookup=WORLD.get) as database:
        database.execute("PRAGMA max_page_count = 1")  # SQLite takes the number of pages that there are
        with pytest.raises(DatabaseError, match=r"s\.db: .*full; free some space"):
            _fill(database)
        database.execute("PRAGMA max_page_count = 1000000")
        stored = [row[0] for row in database.execute("SELECT id FROM statements")]
        for name in stored:
            assert len(database.load(name).claims) == 2, "whole"
        assert database.save(madaya(statement_id="after"), RUN).outcome == "added"
    assert ids(path) == sorted([*stored, "after"])


LIMITED = """
import resource, signal, sys
from tests.store.conftest import WORLD, madaya
from statement_nlp.errors import DatabaseError
from statement_nlp.store import Database, Run
run = Run("pipeline@1", version="0.1.0", started="2026-01-01T00:00:00Z")
with Database(sys.argv[1], lookup=WORLD.get) as database:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
    try:
        for n in range(200):
            database.save(madaya(statement_id=f"more-{n}"), run)
    except DatabaseError as error:
        print(error)
        raise SystemExit(3)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no bound on the size of files here")
def test_a_disk_that_takes_no_more_loses_nothing(path):
    run = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True)
    assert run.returncode == 3, run.stderr
    assert "s.db: " in run.stdout
    assert "then run it again" in run.stdout
    stored = ids(path)
    with Database(path, lookup=WORLD.get) as database:
        assert all(len(database.load(name).claims) == 2 for name in stored)
        database.save(madaya(statement_id="after"), RUN)
    assert "after" in ids(path)


def test_a_file_that_may_only_be_read(path):
    with Database(path, read_only=True) as database:
        with pytest.raises(DatabaseError, match=r"s\.db: .*readonly.*; see to the permissions"):
            database.save(madaya(statement_id="more"), RUN)
        assert len(database.load("madaya-1").claims) == 2
    assert ids(path) == ["madaya-1"]


def test_a_folder_that_may_only_be_read():
    """Root may write anywhere, so the refusal is asked of a folder where nobody may: /proc."""
    if not Path("/proc/self").is_dir():
        pytest.skip("no folder here that refuses root, too")
    with pytest.raises(DatabaseError, match=r"/proc/self/s\.db: unable to open"):
        Database("/proc/self/s.db")


def test_a_locked_database_is_told_and_nothing_is_lost(path, monkeypatch):
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.2)
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with Database(path, lookup=WORLD.get) as database:
            with pytest.raises(DatabaseError, match=r"another program has been writing .*s\.db .*: try again later"):
                database.save(madaya(statement_id="more"), RUN)
            other.execute("ROLLBACK")
            assert database.save(madaya(statement_id="more"), RUN).outcome == "added"
    assert ids(path) == ["madaya-1", "more"]


def test_two_extractions_at_once_into_the_same_file_make_what_one_makes(tmp_path):
    for name in ("one", "both"):
        (tmp_path / name).mkdir()
    killing._extract(tmp_path / "one")
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=killing._extract, args=(tmp_path / "both",)) for _ in range(2)]
    for process in both:
        process.start()
    for process in both:
        process.join(200)
    assert [process.exitcode for process in both] == [0, 0]
    one, two = (killing.contents(tmp_path / name / "s.db") for name in ("one", "both"))
    assert [table for table in one if one[table] != two[table] and table not in ("runs", "_sqlite_migrations")] == []


def test_a_clock_that_goes_backwards_changes_nothing(tmp_path, monkeypatch):
    times = iter(f"{year}-01-01T00:00:00Z" for year in range(2026, 1970, -1))
    for module in (clock, database_module):
        monkeypatch.setattr(module, "now", lambda: next(times))
    for name in ("forwards", "backwards"):
        (tmp_path / name).mkdir()
    killing._extract(tmp_path / "backwards")
    with Database(tmp_path / "backwards" / "s.db", lookup=WORLD.get) as database:
        later = Run("pipeline@2", version="0.1.0", started="1999-01-01T00:00:00Z")
        assert database.save(madaya(statement_id="madaya-1", published="2016-02-12"), later).outcome == "replaced"
        assert database.is_current(madaya(statement_id="madaya-1", published="2016-02-12").statement, later)
    monkeypatch.undo()
    killing._extract(tmp_path / "forwards")
    assert set(ids(tmp_path / "forwards" / "s.db")) == set(ids(tmp_path / "backwards" / "s.db"))


def test_a_newer_database_is_refused_by_name_and_left_as_it_is(path):
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute(
            "INSERT INTO _sqlite_migrations(migration_set, name, applied_at) VALUES ('statement_nlp', 'm9999', '')"
        )
        db.commit()
    before = ids(path)
    with pytest.raises(DatabaseError, match=r"s\.db was written by a newer version .*m9999.*: upgrade this one"):
        Database(path)
    assert ids(path) == before


def test_an_older_database_comes_up_to_date_with_all_that_it_held(tmp_path):
    killing._older(tmp_path / "old")
    before = killing._of_statements(tmp_path / "old" / "s.db")
    with pytest.raises(DatabaseError, match=r"s\.db was written by an older version: open it once for writing"):
        Database(tmp_path / "old" / "s.db", read_only=True)
    killing._migrate(tmp_path / "old")
    assert killing._of_statements(tmp_path / "old" / "s.db").keys() == before.keys()
    killing.contents(tmp_path / "old" / "s.db")


def test_a_damaged_database_is_named(path):
    data = bytearray(path.read_bytes())
    data[4096:] = b"\xff" * (len(data) - 4096)
    path.write_bytes(data)
    with pytest.raises(DatabaseError, match=r"s\.db"), Database(path) as database:
        database.save(madaya(statement_id="more"), RUN)


def test_many_who_read_while_one_writes_meet_no_error(path):
    def look(_: int) -> int:
        with Database(path, read_only=True) as database:
            return len(database.execute("SELECT id FROM statements").fetchall())

    with ThreadPoolExecutor(4) as pool, Database(path, lookup=WORLD.get) as database:
        seen = pool.map(look, range(40))
        for n in range(5):
            database.save(madaya(statement_id=f"more-{n}"), RUN)
        assert all(1 <= count <= 6 for count in seen)
