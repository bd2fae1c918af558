"""load, from the command line."""

from __future__ import annotations

import sys

import pytest
from click.testing import CliRunner
from tests.store.test_bulk import LOOKUP, RUN, some, sound, written

from statement_nlp.cli import main, setup
from statement_nlp.store import Database, bulk
from statement_nlp.tracking.linking import link_all


@pytest.fixture
def call(tmp_path):
    def invoke(*arguments):
        return CliRunner().invoke(main, ["load", *map(str, arguments), "--db", str(tmp_path / "s.db")])

    return invoke


@pytest.fixture
def extracted(tmp_path):
    return written(some("a", "b"), some("c"), address=str(tmp_path / "out")).address


def test_a_loaded_database_is_what_extract_makes(call, extracted, tmp_path, contents):
    done = call(extracted)
    assert done.exit_code == 0, done.output
    assert done.stderr.splitlines()[-1] == f"Statements: 3 added. In {tmp_path / 's.db'}."
    with Database(":memory:", lookup=LOOKUP) as one, Database(tmp_path / "s.db") as loaded:
        for extraction in some("a", "b", "c"):
            one.save(extraction, RUN, then=setup.steps())
        setup.finish(one)
        assert contents(loaded) == contents(one)
        assert contents(loaded)["links"]
        sound(loaded)
    assert call(extracted).stderr.splitlines()[-1].startswith("Statements: 3 unchanged.")


def test_links_that_a_stopped_load_did_not_make_are_made_by_the_next_one(call, extracted, tmp_path):
    assert call(extracted, "--no-links").exit_code == 0
    with Database(tmp_path / "s.db") as database:
        assert database.execute("SELECT count(*) FROM links").fetchone()[0] == 0
        assert database.noted(bulk.UNLINKED)
    assert call(extracted).exit_code == 0
    with Database(tmp_path / "s.db") as database:
        made = database.execute("SELECT count(*) FROM links").fetchone()[0]
        assert made == link_all(database) > 0
        assert database.noted(bulk.UNLINKED) is None


def test_another_id_twice_is_told_and_fails(call, tmp_path):
    out = written(some("a"), [_other("a")], address=str(tmp_path / "out")).address
    done = call(out)
    assert done.exit_code == 1
    assert "its id 'a' was given to another source already" in done.stderr
    assert "Statements: 1 added, 1 failed." in done.stderr


def _other(name):
    from tests.store.conftest import TEXT, madaya

    return madaya(TEXT + " (updated)", name)


def test_without_the_packages_it_says_what_to_install(call, extracted, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    done = call(extracted)
    assert done.exit_code == 1
    assert done.stderr.strip() == "Error: Parquet needs more packages: pip install 'statement-nlp[dask]'"
    monkeypatch.setitem(sys.modules, "fsspec.core", None)
    assert "pip install 'statement-nlp[dask]'" in call(extracted).output


def test_an_address_that_nobody_knows_and_a_folder_without_partitions_are_told(call, tmp_path):
    assert "Protocol not known" in call("nowhere://x").output
    done = call(tmp_path)
    assert done.exit_code == 1
    assert "there is no extraction at" in done.output
    assert not (tmp_path / "s.db").exists()
