"""A made-up collection is sound, the same for the same seed, and says of itself what it is."""

from __future__ import annotations

import pytest
from tests.learning.small_world import SMALL
from tests.store.rolled import assert_rolled_up

from statement_nlp.learning import linking_speed
from statement_nlp.learning.made import fill
from statement_nlp.store import Database
from statement_nlp.store.saving import check

STATEMENTS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    with Database(tmp_path_factory.mktemp("made") / "made.db") as db:
        fill(db, SMALL, STATEMENTS)
        yield db


def count(db, query):
    return db.execute(query).fetchone()[0]


def test_it_has_ten_claims_a_statement_where_they_say(made):
    assert count(made, "SELECT count(*) FROM claims") == 10 * STATEMENTS
    for (statement_id,) in made.execute("SELECT id FROM statements").fetchall():
        check(made.load(statement_id))
    assert made.execute("PRAGMA foreign_key_check").fetchall() == []
    assert count(made, "SELECT count(*) FROM links") > 0
    assert count(made, "SELECT count(*) FROM tracks") > 0


def test_all_of_it_is_illustrative_and_a_demonstration(made):
    assert count(made, "SELECT count(*) FROM statements WHERE kind <> 'illustrative'") == 0
    assert made.noted("demonstration") == "1"


def test_what_follows_from_its_rows_was_made_with_them(made):
    assert_rolled_up(made)
    for table in ("claims", "demands", "statements"):
        made.execute(f"INSERT INTO {table}_fts({table}_fts, rank) VALUES ('integrity-check', 1)")
    claims = "SELECT count(*) FROM claim_places x JOIN places p ON p.id = x.ancestor_id WHERE p.feature = 'country'"
    assert count(made, claims) == 10 * STATEMENTS
    assert count(made, "SELECT count(*) FROM sqlite_master WHERE name = 'claims_statement'") == 1, "indexes are back"
    assert count(made, "SELECT count(*) FROM sqlite_stat1") > 10, "the planner knows how much there is"


def test_the_same_seed_makes_the_same(made):
    with Database(":memory:") as again, Database(":memory:") as other:
        fill(again, SMALL, STATEMENTS)
        fill(other, SMALL, STATEMENTS, seed=2)
        texts = [[row[0] for row in db.execute("SELECT text FROM statements")] for db in (made, again, other)]
    assert texts[0] == texts[1] != texts[2]


def test_linking_one_of_it_is_timed_and_undone(made):
    before = count(made, "SELECT count(*) FROM links")
    assert len(linking_speed.measure(made, 3)) == 3
    assert count(made, "SELECT count(*) FROM links") == before, "each try is undone"
