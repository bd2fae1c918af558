"""Records that the machine missed: people add them, and they hold as any judgement does."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import sqlite_utils
from tests.store.conftest import WORLD, madaya
from tests.store.known import KNOWN
from tests.store.rolled import assert_rolled_up
from tests.store.test_reviews import decide, record, rows

from statement_nlp.errors import ReviewError, UnknownStatementError
from statement_nlp.records import Claim, Extraction
from statement_nlp.store import Database, Run, exchange, missed
from statement_nlp.store.migrations import MIGRATIONS
from statement_nlp.store.missed import Missed
from statement_nlp.store.queries import run as ask

STARVED = "30 of them have starved"


def add(db, layer, quote, nth=None, by="Amira", note=None, statement_id="madaya-1", **values):
    with db.transaction() as connection:
        given = Missed(statement_id, layer, quote, by, values, nth, note)
        return missed.add(connection, given, known=KNOWN, lookup=KNOWN.place)


@pytest.fixture
def stored(db, make, run):
    db.save(make(), run)
    return db


@pytest.mark.parametrize(
    ("layer", "quote", "values", "query", "expected", "why"),
    [
        ("figures", "Signed by 3", {"low": "3", "unit": "signatories", "condition": "other"},
         "SELECT low, high, qualifier, unit FROM figures WHERE quote = 'Signed by 3'", (3, 3, "exact", "signatories"),
         "one number alone is exact"),
        ("figures", "every night", {"low": "1,000", "qualifier": "at_least", "unit": "bombs", "condition": "other",
                                    "places": "Daraya"},
         "SELECT f.low, f.high, p.place_id FROM figures f JOIN figure_places p ON p.figure_id = f.id "
         "WHERE quote = 'every night'", (1000, None, "geonames:170592"), "a bound, and a place"),
        ("claims", "let convoys pass", {"status": "hedged"},
         "SELECT status, method, confidence, judgement FROM claims WHERE quote = 'let convoys pass'",
         ("hedged", "a person", 1, "accepted"), "who found it"),
        ("claims", STARVED, {},
         "SELECT status FROM claims WHERE quote LIKE '30 of%'", ("asserted",), "asserted unless said otherwise"),
        ("demands", "Open the roads to Madaya", {"themes": "humanitarian_access", "addressees": "Russia; Harbour Aid"},
         "SELECT group_concat(a.party_id, ', '), p.place_id FROM demands d JOIN demand_addressees a "
         "ON a.demand_id = d.id JOIN demand_places p ON p.demand_id = d.id WHERE quote LIKE 'Open%'",
         ("harbour-aid, russia", "geonames:167357"), "the place in its words; a party that is in no register"),
        ("places", "Daraya every night", {"place": "Daraya"},
         "SELECT name, place_id FROM place_mentions WHERE quote = 'Daraya every night'", ("Daraya", "geonames:170592"),
         "resolved by name"),
        ("places", "the roads", {"place": ""},
         "SELECT name, place_id FROM place_mentions WHERE quote = 'the roads'", ("the roads", None), "nobody can tell"),
        ("parties", "Orchard Relief", {"kind": "ngo"},
         "SELECT p.name, p.kind FROM party_mentions m JOIN parties p ON p.id = m.party_id WHERE quote LIKE 'Orch%'",
         ("Orchard Relief", "ngo"), "called as in the text"),
    ],
)  # fmt: skip
def test_what_is_added_is_stored_as_any_record(stored, layer, quote, values, query, expected, why):
    add(stored, layer, quote, **values)
    assert rows(stored, query) == [expected], why
    assert_rolled_up(stored)


def test_the_trail_says_who_when_what_and_nothing_before(stored):
    one = add(stored, "claims", STARVED, note="the sentence says so")
    event = stored.execute("SELECT * FROM review_events").fetchone()
    assert (event["reviewer"], event["action"], event["record_id"], event["quote"]) == ("Amira", "add", one, STARVED)
    assert (event["note"], event["before"]) == ("the sentence says so", "{}")
    assert json.loads(event["after"])["status"] == "asserted"
    assert rows(stored, "SELECT verdict, found, attached, before FROM reviews") == [("added", 0, 1, "{}")]


def test_an_added_record_is_in_every_query(stored):
    add(stored, "claims", "let convoys pass", places="Daraya")
    assert [row["claim"] for row in ask(stored, "claims_in_place", place="Daraya")] == [
        "Bombs fall on Daraya every night", "let convoys pass",
    ]  # fmt: skip
    assert rows(stored, "SELECT claims.quote FROM claims_fts JOIN claims ON claims.id = claims_fts.rowid "
                        "WHERE claims_fts MATCH 'convoys'") == [("let convoys pass",)]  # fmt: skip
    assert "let convoys pass" in [c.quote for c in stored.load("madaya-1").claims]
    assert rows(stored, "SELECT claims FROM place_counts WHERE place_id = 'geonames:170592'") == [(2,)]


def test_an_added_figure_is_one_of_the_claim_around_it(stored):
    add(stored, "figures", "every night", low="7", unit="nights", condition="other")
    assert [row["claim"] for row in ask(stored, "claims", condition="other")] == ["Bombs fall on Daraya every night"]
    add(stored, "claims", "at least 30 of them have starved since May", places="Madaya")
    assert len(list(ask(stored, "claims", condition="killed"))) == 1, "and a claim has the figures inside it"


def test_it_survives_another_extraction_and_moves_with_its_words(stored, make):
    one = add(stored, "figures", "every night", low="7", unit="nights", condition="other")
    longer = make("Winter is near. " + make().statement.text)
    stored.save(longer, Run("pipeline@2", version="0.2"))
    row = stored.execute("SELECT * FROM figures WHERE quote = 'every night'").fetchone()
    assert (row["id"], row["judgement"]) == (one, "accepted")
    assert longer.statement.text[row["start"] : row["end"]] == "every night"
    other = replace(make().statement, text="Nothing of it stands here any more.")
    stored.save(Extraction(other), Run("pipeline@3", version="0.3"))
    assert rows(stored, "SELECT verdict, attached FROM reviews") == [("added", 0)], "its words are gone: listed"
    stored.save(make(), Run("pipeline@3", version="0.3"))
    assert rows(stored, "SELECT unit FROM figures WHERE quote = 'every night'") == [("nights",)]


def test_a_machine_that_finds_it_later_does_not_change_it(stored, make):
    one = add(stored, "claims", STARVED, status="reported", attribution="doctors")
    found = make()
    start = found.statement.text.index(STARVED)
    theirs = Claim(start - 9, start + len(STARVED), f"at least {STARVED}", "negated", method="t@2")
    stored.save(replace(found, claims=(*found.claims, theirs)), Run("pipeline@2", version="0.2"))
    kept = rows(stored, "SELECT quote, status, attribution, method FROM claims WHERE quote LIKE '%starved'")
    assert kept == [(STARVED, "reported", "doctors", "t@2")]
    assert rows(stored, "SELECT verdict, found FROM reviews") == [("added", 1)]
    moved = rows(stored, "SELECT record_id FROM reviews")[0][0]
    decide(stored, moved, "undo")
    assert rows(stored, "SELECT quote FROM claims WHERE quote LIKE '%starved'") == [(f"at least {STARVED}",)]
    assert one != moved


def test_it_can_be_taken_back_corrected_accepted_and_rejected(stored):
    before = rows(stored, "SELECT * FROM claims")
    one = add(stored, "claims", STARVED)
    decide(stored, one, "undo")
    assert rows(stored, "SELECT * FROM claims") == before
    assert rows(stored, "SELECT * FROM reviews") == rows(stored, "SELECT * FROM machine_records") == []
    one = add(stored, "claims", STARVED)
    decide(stored, one, "accept", by="Boris")
    assert rows(stored, "SELECT verdict, reviewer FROM reviews") == [("accepted", "Boris")]
    decide(stored, one, "correct", status="hedged")
    assert rows(stored, "SELECT status FROM claims WHERE id = ?", one) == [("hedged",)]
    decide(stored, one, "reject")
    assert rows(stored, "SELECT * FROM claims") == before
    assert_rolled_up(stored)


def test_judgements_of_other_records_leave_it_alone(stored):
    add(stored, "claims", STARVED)
    bombs = record(stored, "claims", "Bombs")
    decide(stored, bombs, "reject")
    assert rows(stored, "SELECT quote FROM claims ORDER BY start") == [
        ("In Madaya 40,000 people are trapped",), (STARVED,)
    ]  # fmt: skip
    decide(stored, bombs, "undo")
    assert len(rows(stored, "SELECT * FROM claims")) == 3


@pytest.mark.parametrize(
    ("layer", "quote", "values", "message"),
    [
        ("claims", "30 of them have died", {}, "“30 of them have” does, but not with “died” behind it"),
        ("claims", "Nothing of it", {}, "copy them from its text"),
        ("claims", " ", {}, "say which words"),
        ("places", "Madaya", {}, "stand 3 times in the statement: say which of them"),
        ("figures", "every night", {"low": "7", "unit": "nights"}, "need a condition: killed, injured"),
        ("figures", "every night", {"low": "7", "condition": "other"}, "need a unit, what is counted"),
        ("figures", "every night", {"unit": "nights", "condition": "other"}, "a bound at least"),
        ("demands", "every night", {}, "need a theme: "),
        ("demands", "every night", {"themes": "peace"}, "no theme 'peace'"),
        ("claims", "every night", {"places": "Atlantis"}, "nearest names: Aleppo"),
        ("places", "every night", {}, "nearest names: Aleppo"),
        ("claims", "every night", {"unit": "x"}, "no field 'unit'"),
        ("claims", "Bombs fall on Daraya every", {}, "already: correct that one"),
        ("links", "every night", {}, "places, parties, figures, claims, demands can"),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(stored, layer, quote, values, message):
    before = rows(stored, "SELECT * FROM claims")
    with pytest.raises(ReviewError, match=message):
        add(stored, layer, quote, **values)
    assert rows(stored, "SELECT * FROM reviews") == rows(stored, "SELECT * FROM review_events") == []
    assert rows(stored, "SELECT * FROM claims") == before


def test_nobody_and_nowhere(stored):
    with pytest.raises(ReviewError, match="needs a name"):
        add(stored, "claims", STARVED, by=" ")
    with pytest.raises(UnknownStatementError):
        add(stored, "claims", STARVED, statement_id="elsewhere")


def test_what_was_rejected_is_not_added_again(stored):
    bombs = record(stored, "claims", "Bombs")
    decide(stored, bombs, "reject")
    with pytest.raises(ReviewError, match="was rejected: correct it"):
        add(stored, "claims", "Bombs fall on Daraya every night")
    assert add(stored, "claims", "Bombs fall on Daraya") != bombs, "fewer words are another record"


def test_of_words_that_stand_more_than_once_one_is_meant(stored):
    decide(stored, record(stored, "place_mentions", "Madaya", 1), "reject")
    with pytest.raises(ReviewError, match="not 4"):
        add(stored, "parties", "Madaya", nth=4)
    add(stored, "parties", "Madaya", nth=2)
    text = stored.statement("madaya-1").text
    assert rows(stored, "SELECT start FROM party_mentions WHERE quote = 'Madaya'") == [
        (text.index("Madaya", text.index("Madaya") + 1),)
    ]


def test_lines_may_be_broken_elsewhere(stored):
    add(stored, "claims", "convoys pass.\nSigned by 3\n organisations")
    assert rows(stored, "SELECT quote FROM claims WHERE quote LIKE 'convoys%'") == [
        ("convoys pass.\n\nSigned by 3 organisations",)
    ]


def test_it_travels_to_another_database(stored, tmp_path):
    add(stored, "figures", "every night", low="7", unit="nights", condition="other", places="Aleppo")
    lines = list(exchange.export(stored.connection))
    with Database(tmp_path / "there.db", lookup=WORLD.get) as there:
        there.save(madaya("Winter is near. " + madaya().statement.text), Run("p@1", version="1"))
        with there.transaction() as connection:
            done = exchange.read(connection, lines, "Boris", KNOWN.place)
        assert (done.taken, done.unattached) == (1, 0)
        assert rows(there, "SELECT f.unit, p.place_id FROM figures f JOIN figure_places p ON p.figure_id = f.id "
                           "WHERE quote = 'every night'") == [("nights", "geonames:170063")]  # fmt: skip
        assert rows(there, "SELECT verdict, reviewer FROM reviews") == [("added", "Amira")]


def test_an_older_database_keeps_its_judgements(tmp_path, make, run):
    path = tmp_path / "old.db"
    old = sqlite_utils.Database(path)
    MIGRATIONS.apply(old, stop_before="m0011_added")
    old["reviews"].insert({"id": 7, "layer": "claims", "statement_id": "x", "verdict": "rejected", "quote": "q",
                           "start": 0, "end": 1, "preceding": "", "following": "", "before": "{}", "after": "{}",
                           "judged": "{}", "reviewer": "Amira", "reviewed": "2016-01-01", "attached": 0})  # fmt: skip
    old.close()
    with Database(path) as database:
        assert rows(database, "SELECT id, verdict, reviewer FROM reviews") == [(7, "rejected", "Amira")]
        database.save(make(), run)
        add(database, "claims", STARVED)
        assert rows(database, "SELECT verdict FROM reviews ORDER BY id") == [("rejected",), ("added",)]
