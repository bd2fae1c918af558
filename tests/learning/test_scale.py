"""What is measured for docs/scale.md is a real extraction and a real load."""

from __future__ import annotations

from tests.learning.small_world import SMALL
from tests.store.rolled import assert_rolled_up

from statement_nlp.learning import made, scale
from statement_nlp.store import Database, bulk
from statement_nlp.store.partitions import Partitions


def test_made_up_partitions_load_as_the_collection_that_is_filled_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(scale, "PART", 7)
    partitions = Partitions(str(tmp_path))
    rows = scale.write_made(SMALL, partitions, 20)
    with Database(":memory:") as loaded, Database(":memory:") as filled:
        assert bulk.load(loaded, partitions).counts == {"added": 20}
        made.fill(filled, SMALL, 20, linked=False)
        for table in scale.RECORDS:
            found, expected = (
                sorted(tuple(r) for r in db.execute(f"SELECT * FROM {table}")) for db in (loaded, filled)
            )
            assert found == expected, table
            rows -= len(found)
        assert_rolled_up(loaded)
    assert rows == 0, "all rows are counted"


def test_more_is_reckoned_by_rows_for_the_load_and_by_statements_for_the_extraction():
    extraction = scale.Extracting(10, 8000, 20.0, 0.5, parquet=4000.0, rows=200.0)
    load = scale.Loading(100, 1000, 10_000, 1.0, 2.0, 100_000, 1_000_000, (0.1, 0.2), 0.3)
    told = "\n".join(scale.measured(extraction, load) + scale.reckoned(extraction, load, 1_800_000))
    assert "0.50 statements/s a core (400 words/s), 0.50 of the stock pipeline" in told
    assert "5,000 rows/s" in told
    assert "extraction: 1,000 hours of one core; on 100 cores 10 hours" in told
    assert "Parquet: 7 GB" in told
    assert "0.36 billion rows, 20.0 hours" in told
    assert "database: 36 GB" in told


def test_a_folder_that_is_there_is_left_alone(tmp_path):
    from click.testing import CliRunner

    done = CliRunner().invoke(scale.main, [str(tmp_path), "--folder", str(tmp_path)])
    assert done.exit_code == 2
    assert "exists already" in done.output


def test_the_weight_of_an_extraction_is_that_of_its_rows(monkeypatch):
    from statement_nlp.records import Statement

    monkeypatch.setattr(scale.speed, "measure", lambda statements, rounds: scale.speed.Speed(1, 1, 1, 0.9, (), {}))
    found = scale.extracting([Statement("a", "Some 40,000 people are trapped in Madaya."), Statement("b", "Hello.")], 1)
    assert (found.statements, found.words, found.ratio) == (2, 8, 0.9)
    assert found.rows >= 3
    assert found.parquet > 1000
    assert found.seconds > 0
