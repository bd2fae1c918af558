"""A real cluster of two worker processes: what it extracts is what one machine extracts, whoever is killed."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from tests.store.conftest import everything
from tests.store.test_bulk import sound

from statement_nlp.cli import main
from statement_nlp.cli.setup import pipeline_name
from statement_nlp.cluster import engine, worker
from statement_nlp.errors import ClusterError, PartitionError
from statement_nlp.reading.limits import Limits
from statement_nlp.store import Database, Run
from statement_nlp.store.partitions import Part, Partitions

TEXTS = (
    "Some 275,000 people are trapped in eastern Aleppo. Russia must let aid through.",
    "At least 40 civilians were killed in Madaya on 3 May 2016. We call on Syria to end the siege.",
    "The UN Security Council should demand a ceasefire in Aleppo. 250,000 people are trapped in eastern Aleppo.",
    "Nothing is said here.",
    "Donors must fund the response in Sudan. In El Fasher, 1,200 families have fled.",
    "Some 275,000 people remain trapped in eastern Aleppo. We urge Russia to let aid through.",
    "Wir fordern alle Parteien auf, die Belagerung der Stadt sofort zu beenden und die Hilfe durchzulassen.",
    "Médecins du Monde said that 12 of the 15 hospitals of Aleppo were destroyed.",
)


@pytest.fixture(scope="module")
def client():
    with engine.cluster(None, 2) as client:
        yield client


@pytest.fixture(scope="module")
def lines(tmp_path_factory):
    """Eight statements in two files, with a broken line and one id twice."""
    folder = tmp_path_factory.mktemp("input")
    rows = [
        json.dumps({"id": f"s{n}", "title": f"Title {n}", "published": f"2016-09-{n + 1:02}", "text": text})
        for n, text in enumerate(TEXTS)
    ]
    (folder / "a.jsonl").write_text("\n".join([*rows[:3], '{"text": ', *rows[3:5], ""]))
    (folder / "b.jsonl").write_text("\n".join([*rows[5:], rows[0].replace("275,000", "3,000")]))
    return folder


def run():
    return Run(pipeline_name(), sources=("input",))


def marks(out):
    """When each report was written, and which file it is."""
    return {f.name: (f.stat().st_ino, f.stat().st_mtime_ns) for f in (Path(out) / "_reports").glob("part-*")}


def extracted(client, lines, out, told=None, **options):
    given = {"pipeline": pipeline_name, "size": 150, "told": told} | options
    return engine.extract(client, [str(lines)], Partitions(str(out)), given.pop("run", run()), **given)


@pytest.fixture(scope="module")
def survived(client, lines, tmp_path_factory):
    """Partitions of an extraction on whose way a worker was killed, and the reports that stood there by then."""
    out = tmp_path_factory.mktemp("out")
    before = {}

    def kill(what, done, of):
        if what == "Extracting" and not before:
            before.update(marks(out))
            os.kill(next(iter(client.run(os.getpid).values())), signal.SIGKILL)

    manifest, done, lost = extracted(client, lines, out, kill)
    assert lost == []
    assert len(done) == len(manifest.parts) > 4
    return out, before


def test_parts_that_were_done_when_a_worker_was_killed_are_not_done_again(survived):
    out, before = survived
    assert before
    assert before.items() <= marks(out).items()
    assert [f.name for f in out.rglob(".part-*")] == []


def test_a_load_gives_the_tables_of_one_machine(survived, lines, tmp_path):
    invoke = CliRunner().invoke
    alone = invoke(main, ["extract", str(lines), "--db", str(tmp_path / "one.db")])
    loaded = invoke(main, ["load", str(survived[0]), "--db", str(tmp_path / "two.db")])
    assert alone.exit_code == loaded.exit_code == 1, "the id that two have"
    assert "Statements: 8 added, 1 of them skipped, 2 failed." in alone.stderr
    assert "Statements: 8 added, 1 failed." in loaded.stderr
    told = "its id 's0' was given to"
    assert [line for line in alone.stderr.splitlines() if told in line] == [
        line for line in loaded.stderr.splitlines() if told in line
    ]
    with Database(tmp_path / "one.db") as one, Database(tmp_path / "two.db") as two:
        made = everything(one)
        assert made == everything(two)
        assert all(made[table] for table in ("figures", "claims", "demands", "links", "tracks", "claim_places"))
        sound(two)


def test_what_could_not_be_read_is_in_the_reports_and_the_rest_went_on(survived, lines):
    partitions = Partitions(str(survived[0]))
    reports = partitions.done(partitions.manifest()).values()
    told = [line for report in reports for line in report.lines]
    assert len([line for line in told if line.startswith(f"failed: {lines}/a.jsonl:4: ")]) == 1
    assert len([line for line in told if line.startswith("skipped: ") and "language de" in line]) == 1


class Stopped(Exception):
    pass


def test_an_extraction_that_was_stopped_goes_on_where_it_was(client, lines, tmp_path):
    def stop(what, done, of):
        if (what, done) == ("Extracting", 3):
            raise Stopped

    with pytest.raises(Stopped):
        extracted(client, lines, tmp_path, stop)
    before = marks(tmp_path)
    assert len(before) >= 3
    given = []
    first, done, lost = extracted(client, lines, tmp_path, lambda what, done, of: given.append((what, done)))
    assert (len(done), lost) == (len(first.parts), [])
    assert before.items() <= marks(tmp_path).items()
    assert len([1 for what, _ in given if what == "Extracting"]) <= len(first.parts) - 3
    again, _, _ = extracted(client, lines, tmp_path)
    assert again.run.started == first.run.started, "one run"


def test_another_input_or_pipeline_is_refused_until_it_is_to_be_replaced(client, lines, survived, tmp_path):
    out = survived[0]
    with pytest.raises(PartitionError, match=r"by another pipeline .*--out.*--again"):
        extracted(client, lines, out, run=Run("another"))
    with pytest.raises(PartitionError, match="of other input, or cut otherwise"):
        extracted(client, lines / "a.jsonl", out)
    changed = tmp_path / "a.jsonl"
    changed.write_text('{"text": "Some 4 people fled."}\n')
    extracted(client, changed, tmp_path / "out")
    changed.write_text('{"text": "Some 5 people fled."}\n')
    with pytest.raises(PartitionError, match="of another text of the input"):
        extracted(client, changed, tmp_path / "out")
    extracted(client, changed, tmp_path / "out", again=True)
    (text,) = (row[-1] for row in Partitions(str(tmp_path / "out")).table("figures", 0))
    assert text


def test_a_worker_with_another_pipeline_is_refused(client, lines, tmp_path):
    with pytest.raises(ClusterError, match="a worker has another pipeline"):
        extracted(client, lines, tmp_path, pipeline=lambda: "of another version")


def test_workers_of_this_machine_may_start_processes(client):
    assert set(client.run(lambda: multiprocessing.current_process().daemon).values()) == {False}


@pytest.mark.parametrize(("daemon", "kept"), [(False, Limits(5, 500)), (True, None)])
def test_a_long_text_is_bounded_where_a_worker_may_start_a_process(daemon, kept, tmp_path, monkeypatch):
    given = []
    monkeypatch.setattr(worker, "current_process", lambda: SimpleNamespace(daemon=daemon))
    monkeypatch.setattr(worker, "extract_each", lambda statements, limits: given.append(limits) or [])
    part = Part((), hashlib.blake2b(digest_size=16).hexdigest())
    worker.extract_part(str(tmp_path), 0, part, Run("p"), lambda: "p", Limits(5, 500))
    assert given == [kept]


def test_from_the_command_line_on_a_running_cluster(client, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("a.jsonl").write_text(json.dumps({"id": "a", "text": TEXTS[0]}) + "\n{\n")
    address = client.scheduler.address
    call = ["extract", "a.jsonl", "--engine", "dask", "--scheduler", address, "--out", "out"]
    done = CliRunner().invoke(main, call)
    assert done.exit_code == 1
    assert "failed: a.jsonl:2: " in done.stderr
    assert "Statements: 1 extracted, 1 failed; 1 of 1 parts done. In out." in done.stderr
    assert CliRunner().invoke(main, ["load", "out", "--db", "s.db"]).exit_code == 0


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--engine", "dask"], "--engine dask needs --out"),
        (["--out", "x"], "go with --engine dask"),
        (["--engine", "dask", "--out", "x", "--demonstration"], "--demonstration marks a database"),
    ],
)
def test_options_that_do_not_go_together_are_told(options, told):
    done = CliRunner().invoke(main, ["extract", "a.jsonl", *options])
    assert done.exit_code == 2
    assert told in done.stderr


def test_a_scheduler_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setattr(engine, "PATIENCE", 1)
    with (
        pytest.raises(ClusterError, match=r"no scheduler answers at tcp://127.0.0.1:9"),
        engine.cluster("tcp://127.0.0.1:9", 1),
    ):
        pass
