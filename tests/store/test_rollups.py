"""Roll-ups and lists by day follow every save, removal and move of a place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlite_utils
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import WORLD, madaya
from tests.store.rolled import assert_rolled_up, rolled_up

from statement_nlp.records import Extraction
from statement_nlp.store import Database, Run
from statement_nlp.store.migrations import MIGRATIONS
from statement_nlp.store.tables import TABLES

MOVED = replace(WORLD["geonames:167357"], parents=("geonames:170063", "geonames:163843"))
"""Madaya, once it lies inside another place."""


def rows(db: Database, query: str, *given: object) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(query, given)]


def test_a_statement_is_counted_once_everywhere(db, make, run):
    db.save(make(), run)
    assert rows(db, "SELECT * FROM months") == [("2016-09", "own", 1, 2, 2, 1)]
    assert rows(db, "SELECT claims, figures, demands, places, parties FROM statement_counts") == [(2, 2, 1, 2, 1)]
    syria = "geonames:163843"
    assert rows(db, "SELECT month, claims, figures, demands FROM place_months WHERE place_id = ?", syria) == [
        ("2016-05", 0, 1, 0),
        ("2016-09", 2, 1, 1),
    ], "what starved since May holds for May"
    query = "SELECT month, claims, figures FROM condition_months WHERE condition = 'trapped' AND place_id = ?"
    assert rows(db, query, syria) == [("2016-09", 1, 1)]
    assert rows(db, "SELECT party_id, statements, mentions, demands FROM party_counts") == [("russia", 1, 1, 1)]
    assert rows(db, "SELECT theme, demands FROM party_months") == [
        ("", 1),
        ("end_siege", 1),
        ("humanitarian_access", 1),
    ], "once in all, once for each theme"
    assert rows(db, "SELECT theme, country, date FROM demand_blocks") == [
        ("end_siege", "SY", "2016-09-12"),
        ("humanitarian_access", "SY", "2016-09-12"),
    ]


def test_what_a_kind_or_day_changes_moves_the_counts(db, make, run):
    db.save(make(), run)
    later = make(published="2017-01")
    db.save(replace(later, statement=replace(later.statement, kind="illustrative")), run)
    assert rows(db, "SELECT month, kind, statements, claims FROM months") == [("2017-01", "illustrative", 1, 2)]
    assert rows(db, "SELECT illustrative FROM place_counts WHERE place_id = 'geonames:167357'") == [(1,)]
    assert rows(db, "SELECT DISTINCT date FROM demands_to") == [("2017-01-01",)]


def test_a_place_that_moves_within_a_replacement_is_counted_where_it_lies_now(db, make, run):
    db.save(make(), run)
    db.save(make(statement_id="madaya-2"), run)
    db.save(moved(make()), run, again=True)
    inside = "SELECT statements, claims FROM place_counts WHERE place_id = ?"
    assert rows(db, inside, "geonames:170063") == [(2, 2)], "Aleppo has Madaya now, of both statements"
    assert_rolled_up(db)


def moved(extraction: Extraction) -> Extraction:
    """The same after the gazetteer put Madaya elsewhere."""
    return replace(
        extraction,
        places=tuple(replace(m, place=MOVED) if m.name == "Madaya" else m for m in extraction.places),
    )


saves = st.tuples(
    st.sampled_from(["a", "b", "c"]),
    st.sampled_from([None, "2016", "2016-09-12", "2017-02-01"]),
    st.sampled_from(["own", "illustrative"]),
    st.sets(st.sampled_from(["claims", "figures", "demands", "places", "parties"]), max_size=3),
    st.booleans(),
)
steps = st.lists(st.one_of(saves, st.tuples(st.sampled_from(["a", "b", "c"]))), max_size=6)


@settings(max_examples=40, deadline=None)
@given(steps)
def test_any_saves_replacements_and_removals_leave_the_counts_of_scratch(sequence):
    with TemporaryDirectory() as folder, Database(Path(folder) / "s.db", lookup=WORLD.get) as db:
        for number, step in enumerate(sequence):
            if len(step) == 1:
                if rows(db, "SELECT 1 FROM statements WHERE id = ?", step[0]):
                    db.remove(step[0])
                continue
            name, published, kind, without, elsewhere = step
            made = madaya(statement_id=name, published=published)
            made = replace(made, statement=replace(made.statement, kind=kind), **dict.fromkeys(without, ()))
            db.save(moved(made) if elsewhere else made, Run(f"pipeline@{number}", version="0.1.0"))
        assert_rolled_up(db)


def test_an_older_database_is_filled_when_it_is_opened(tmp_path, db, make, run):
    db.save(make(), run)
    old = sqlite_utils.Database(tmp_path / "old.db")
    MIGRATIONS.apply(old, stop_before="m0006_rollups")
    known = set(old.table_names())
    for table in (table for table in ("runs", *TABLES) if table in known):
        kept = [column.name for column in old[table].columns]
        rows_of = db.execute(f"SELECT {', '.join(f'{chr(34)}{c}{chr(34)}' for c in kept)} FROM {table}")
        old[table].insert_all([dict(row) for row in rows_of])
    old.close()
    with Database(tmp_path / "old.db") as opened:
        assert rolled_up(opened) == rolled_up(db)


def test_an_unknown_place_is_not_counted(db, make, run):
    made = make()
    nowhere = replace(made, places=tuple(replace(m, place=None) for m in made.places))
    db.save(nowhere, run)
    assert rows(db, "SELECT claims FROM statement_counts") == [(2,)]
    assert rows(db, "SELECT * FROM place_months") == []
