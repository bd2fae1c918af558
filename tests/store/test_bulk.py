"""Partitions hold what the database holds, and a load makes of them what saves one by one would have made."""

from __future__ import annotations

import json
from dataclasses import replace
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import TEXT, WORLD, madaya
from tests.store.test_round_trip import PHASES, PLACES, SLOW, extractions

from statement_nlp.errors import PartitionError
from statement_nlp.records import Figure, Party, SignatoryList, Statement
from statement_nlp.store import Database, Run, bulk, judging, parquet, tables
from statement_nlp.store.partitions import Manifest, Part, Partitions, Piece, Report
from statement_nlp.store.rollups import ROLLUPS

RUN = Run("pipeline@1", version="0.1.0", models=(("m", "1"),), sources=("a.jsonl",), started="2026-01-01T00:00:00Z")
LOOKUP = {p.id: p for p in (*PLACES, *WORLD.values())}.get
KEPT_APART = (
    "meta", "links", "tracks", "track_members", "machine_records", "reviews", "review_events", "reviewed_statements",
    "organisation_judgements", "runs", "claim_places", "_sqlite_migrations", "batches", "batch_items",
)  # fmt: skip
"""Tables that are of one database: judgements, links, what is added on its pages, and what follows from the others."""


def written(*parts, run=RUN, address=None):
    """Partitions in memory, as the workers of a cluster write them."""
    partitions = Partitions(address or f"memory://{uuid4().hex}")
    partitions.begin(Manifest(run, tuple(Part((Piece("a", "a", n, n + 1),), f"f{n}") for n in range(len(parts)))))
    for number, part in enumerate(parts):
        with Database(":memory:", lookup=LOOKUP) as database:
            for extraction in part:
                database.save(extraction, run)
            partitions.write(number, tables.dump(database.connection), Report(f"f{number}", len(part)))
    return partitions


def sound(database):
    for table in ("claims_fts", "demands_fts", "statements_fts"):
        database.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    query = "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%' ORDER BY 1, 2"
    with Database(":memory:") as fresh:
        assert list(map(tuple, database.execute(query))) == list(map(tuple, fresh.execute(query)))


def some(*ids):
    """Statements of some ids; every other one tells of another party."""
    made = []
    for n, name in enumerate(ids):
        extraction = madaya(statement_id=name)
        if n % 2:
            party = replace(extraction.parties[0], party=Party("Atlantis", "ngo"))
            demand = replace(extraction.demands[0], addressees=("Atlantis", "Russia"))
            extraction = replace(extraction, parties=(party,), demands=(demand,))
        made.append(extraction)
    return made


def reject(database, record_id):
    with database.transaction() as connection:
        judging.decide(connection, record_id, judging.Decision("reject", "ann"), lookup=LOOKUP)


def test_each_table_of_the_schema_is_carried_or_left_on_purpose():
    with Database(":memory:") as fresh:
        found = {
            row[0]
            for row in fresh.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '%_fts%'")
        }
    assert found == {*tables.TABLES, *(r.name for r in ROLLUPS), *KEPT_APART}, (
        "a new table of records belongs in store/tables.py, any other here"
    )


def test_the_parquet_schema_is_the_tables_own():
    shown = {field.name: (str(field.type), field.nullable) for field in parquet.schema("figures")}
    assert shown["id"] == ("int64", False)
    assert shown["low"] == ("double", True)
    assert shown["quote"] == ("string", False)
    assert "difference" not in parquet.schema("signatory_counts").names, "computed by SQLite"


@settings(max_examples=8, deadline=None, phases=PHASES, suppress_health_check=SLOW)
@given(drawn=st.lists(extractions(), min_size=1, max_size=5), cut=st.integers(0, 5), full=st.booleans())
def test_a_load_makes_what_saves_one_by_one_make(contents, drawn, cut, full):
    drawn = list({e.statement.id: e for e in drawn}.values())
    partitions = written(drawn[:cut], drawn[cut:])
    first = madaya() if full else None
    with Database(":memory:", lookup=LOOKUP) as one, Database(":memory:") as loaded:
        for extraction in filter(None, [first, *drawn]):
            one.save(extraction, RUN)
        if first:
            loaded.lookup = LOOKUP
            loaded.save(first, RUN)
        report = bulk.load(loaded, partitions)
        assert report.counts == {"added": len(drawn)}
        loaded.note(bulk.UNLINKED, None)
        assert contents(loaded) == contents(one)
        orders = [[tuple(row) for row in db.execute("SELECT rowid, id FROM statements")] for db in (one, loaded)]
        assert orders[0] == orders[1], "in the same order, too"
        sound(loaded)


def test_what_parties_are_is_told_by_mentions_and_not_by_who_only_addresses_them(contents):
    said = some("a", "b", "c", "d")
    with Database(":memory:", lookup=LOOKUP) as one, Database(":memory:") as loaded:
        for extraction in said:
            one.save(extraction, RUN)
        bulk.load(loaded, written(said[:1], said[1:2], said[2:]))
        assert contents(loaded)["parties"] == contents(one)["parties"]
        assert ("atlantis", "Atlantis", "ngo", None, 0) in contents(loaded)["parties"]


def test_unchanged_statements_are_left_changed_ones_replaced_and_judgements_kept(contents):
    said = some("a", "b", "c")
    with Database(":memory:", lookup=LOOKUP) as database:
        for extraction in said[:2]:
            database.save(extraction, RUN)
        claim = database.execute("SELECT id FROM claims WHERE statement_id = 'b' ORDER BY start").fetchone()[0]
        reject(database, claim)
        changed = replace(said[1], statement=replace(said[1].statement, title="New title"))
        before = contents(database)["claims"]
        report = bulk.load(database, written([said[0], changed], said[2:]))
        assert report.counts == {"unchanged": 1, "replaced": 1, "added": 1}
        assert database.statement("b").title == "New title"
        after = contents(database)["claims"]
        assert [c for c in after if c[1] != "c"] == before, "the rejected claim has not come back"
        sound(database)


def test_a_judgement_of_a_statement_that_is_not_stored_now_is_put_back_by_a_load():
    with Database(":memory:", lookup=LOOKUP) as database:
        database.save(madaya(), RUN)
        claim = database.execute("SELECT id FROM claims ORDER BY start").fetchone()[0]
        reject(database, claim)
        database.remove("madaya-1")
        bulk.load(database, written([madaya()]))
        assert database.execute("SELECT 1 FROM claims WHERE id = ?", (claim,)).fetchone() is None
        assert database.execute("SELECT count(*) FROM claims").fetchone()[0] == 1


@pytest.mark.parametrize("full", [False, True])
def test_of_two_statements_of_one_id_the_first_is_taken_and_another_text_is_told(contents, full):
    first, second = some("a", "b")
    other = madaya(TEXT + " (updated)")
    other = replace(other, statement=replace(other.statement, id="a", source="b.jsonl:2"))
    partitions = written([first], [replace(first, statement=replace(first.statement, title="Else"))], [other, second])
    with Database(":memory:", lookup=LOOKUP) as one, Database(":memory:") as loaded:
        for database in (one, loaded):
            database.lookup = LOOKUP
            if full:
                database.save(madaya(), RUN)
        for extraction in (first, second):
            one.save(extraction, RUN)
        report = bulk.load(loaded, partitions)
        assert report.counts == {"added": 2}
        assert report.lines == [
            "failed: b.jsonl:2: its id 'a' was given to another source already; give it another id"
        ], "the same text twice is no failure"
        loaded.note(bulk.UNLINKED, None)
        assert contents(loaded) == contents(one)
        sound(loaded)


def test_a_load_again_changes_nothing(contents):
    partitions = written(some("a", "b"), some("c"))
    with Database(":memory:") as database:
        bulk.load(database, partitions)
        before = contents(database)
        assert bulk.load(database, partitions).counts == {"unchanged": 3}
        assert contents(database) == before
        assert [tuple(r) for r in database.execute("SELECT pipeline, sources, saved FROM runs")] == [
            ("pipeline@1", '["a.jsonl"]', 3)
        ]


class Stopped(Exception):
    pass


@pytest.mark.parametrize("full", [False, True])
def test_a_load_that_stops_leaves_whole_statements_and_the_next_one_completes(contents, full):
    partitions = written(some("a", "b"), some("c", "d"), some("e"))

    def stop(done, of):
        if done == 2:
            raise Stopped

    with Database(":memory:", lookup=LOOKUP) as database, Database(":memory:", lookup=LOOKUP) as whole:
        for db in (database, whole):
            if full:
                db.save(madaya(), RUN)
        with pytest.raises(Stopped):
            bulk.load(database, partitions, progress=stop)
        stored = [row[0] for row in database.execute("SELECT id FROM statements ORDER BY id")]
        assert stored == (["a", "b", "c", "d", "madaya-1"] if full else [])
        sound(database)
        bulk.load(database, partitions)
        bulk.load(whole, partitions)
        assert contents(database) == contents(whole)
        sound(database)


@pytest.mark.parametrize("full", [False, True])
def test_records_of_two_statements_that_collide_get_ids_of_their_own(full):
    """A hash of 52 bits may be the same for two records: here one is made so."""
    partitions = written(some("a"), some("b"))
    rows = partitions.read(1)
    (taken,) = {row[0] for row in partitions.table("demands", 0)}
    (own,) = {row[0] for row in rows["demands"]}
    for table in rows:
        rows[table] = [tuple(taken if value == own else value for value in row) for row in rows[table]]
    partitions.write(1, rows, Report("f1", 1))
    with Database(":memory:", lookup=LOOKUP) as database:
        if full:
            database.save(madaya(), RUN)
        assert bulk.load(database, partitions).counts == {"added": 2}
        found = database.execute("SELECT statement_id, id FROM demands WHERE statement_id <> 'madaya-1'").fetchall()
        assert dict(found) == {"a": taken, "b": own}
        sound(database)


def test_steps_follow_each_statement_that_is_added_to_others_and_not_the_filling_of_an_empty_database():
    followed = []
    with Database(":memory:", lookup=LOOKUP) as database:
        bulk.load(database, written(some("a")), then=[lambda _, statement_id: followed.append(statement_id)])
        assert followed == []
        assert database.noted(bulk.UNLINKED) == "1"
        database.note(bulk.UNLINKED, None)
        changed = [replace(e, statement=replace(e.statement, series="s")) for e in some("a")]
        partitions = written(some("b", "c"), changed)
        bulk.load(database, partitions, then=[lambda _, statement_id: followed.append(statement_id)])
        assert followed == ["b", "c", "a"]
        assert database.noted(bulk.UNLINKED) is None


def test_figures_too_large_for_whole_numbers_and_empty_statements_travel():
    text = "about 3 people"
    figure = Figure(0, len(text), text, 1e300, None, "about", "people", "other", method="t")
    said = replace(madaya(), **dict.fromkeys(("places", "parties", "demands", "claims", "zones"), ()))
    said = replace(said, statement=Statement("n", text), figures=(figure,), signatories=SignatoryList())
    empty = replace(said, statement=Statement("e", ""), figures=())
    with Database(":memory:") as database:
        bulk.load(database, written([said, empty]))
        assert database.load("n") == said
        assert database.load("e") == empty


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (lambda p: p.folder.remove("_manifest.json"), "there is no extraction at"),
        (lambda p: p.folder.write("_manifest.json", b"{"), "is damaged"),
        (lambda p: p.folder.remove("_reports/part-00001.json"), "1 of 2 partitions .* are not done"),
        (lambda p: p.folder.write("_reports/part-00001.json", b"[]"), "is damaged"),
        (lambda p: p.folder.remove("claims/part-00001.parquet"), "is missing"),
        (lambda p: p.folder.write("claims/part-00001.parquet", b"PAR1"), "is no whole Parquet file"),
        (lambda p: p.folder.write("claims/part-00001.parquet", parquet.encode("zones", [])), "another version"),
    ],
)
def test_what_is_missing_or_damaged_is_told_and_nothing_is_loaded(harm, told):
    partitions = written(some("a"), some("b"))
    harm(partitions)
    with Database(":memory:") as database:
        with pytest.raises(PartitionError, match=told):
            bulk.load(database, partitions)
        assert database.execute("SELECT count(*) FROM statements").fetchone()[0] == 0
        sound(database)


def test_files_appear_whole_and_what_was_half_written_is_tidied_away(tmp_path):
    partitions = written(some("a"), address=str(tmp_path / "out"))
    (tmp_path / "out" / "claims" / ".part-00000.parquet.abc").write_bytes(b"half")
    (tmp_path / "out" / "claims" / "mine.txt").write_text("the user's own")
    partitions.tidy()
    assert sorted(f.name for f in (tmp_path / "out" / "claims").iterdir()) == ["mine.txt", "part-00000.parquet"]
    partitions.clear()
    assert [f.name for f in (tmp_path / "out").rglob("*") if f.is_file()] == ["mine.txt"]
    assert partitions.manifest() is None


def test_a_report_of_another_input_does_not_count():
    partitions = written(some("a"))
    manifest = partitions.manifest()
    assert manifest is not None
    assert list(partitions.done(manifest)) == [0]
    changed = replace(manifest, parts=(replace(manifest.parts[0], fingerprint="else"),))
    assert partitions.done(changed) == {}
    assert json.loads(partitions.folder.read("_reports/part-00000.json"))["statements"] == 1
