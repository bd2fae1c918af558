"""What people judge holds: in every table, through every extraction, and it can be taken back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.store.conftest import WORLD, madaya
from tests.store.known import KNOWN
from tests.store.rolled import assert_rolled_up

from statement_nlp.errors import ChangedRecordError, CorrectionError, ReviewError, UnknownRecordError
from statement_nlp.records import Claim, PlaceMention
from statement_nlp.store import Database, Run, filing, judging, reattaching
from statement_nlp.store.judging import Decision
from statement_nlp.store.queries import run as ask
from statement_nlp.store.queries import search

LAYERS = {"place_mentions": "places", "party_mentions": "parties", "figures": "figures", "claims": "claims",
          "demands": "demands", "signatories": "signatories"}  # fmt: skip


def record(db, table, words, nth=0):
    column = "name" if table == "signatories" else "quote"
    rows = db.execute(f"SELECT id FROM {table} WHERE {column} LIKE ? ORDER BY start", (f"{words}%",)).fetchall()
    return rows[nth][0]


def decide(db, record_id, action, by="Amira", digest=None, why=None, **changes):
    with db.transaction() as connection:
        return judging.decide(
            connection, record_id, Decision(action, by, why, changes, digest), known=KNOWN, lookup=KNOWN.place
        )


def rows(db, query, *given):
    return [tuple(row) for row in db.execute(query, given)]


def test_a_rejected_record_is_nowhere_but_in_the_trail(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    decide(db, claim, "reject", why="a figure of speech")
    assert search(db, "bombs"), "the statement still says it"
    assert rows(db, "SELECT * FROM claims WHERE quote LIKE 'Bombs%'") == []
    assert rows(db, "SELECT rowid FROM claims_fts WHERE claims_fts MATCH 'bombs'") == []
    assert rows(db, "SELECT place FROM claims_by_place") == [("Madaya",)]
    assert [row["claim"] for row in ask(db, "claims_in_place", place="Daraya")] == []
    assert rows(db, "SELECT claims FROM place_counts WHERE place_id = 'geonames:163843'") == [(1,)]
    assert rows(db, "SELECT claims FROM statements_overview") == [(1,)]
    assert [c.quote for c in db.load("madaya-1").claims] == ["In Madaya 40,000 people are trapped"]
    event = db.execute("SELECT * FROM review_events").fetchone()
    assert (event["reviewer"], event["action"], event["note"]) == ("Amira", "reject", "a figure of speech")
    assert json.loads(event["before"])["status"] == "reported"
    assert json.loads(event["after"]) == {}


def test_corrected_values_replace_the_extracted_ones_everywhere(db, make, run):
    db.save(make(), run)
    figure = record(db, "figures", "40,000")
    decide(db, figure, "correct", low="4,000", high="4000", condition="detained", places="Daraya")
    shown = next(iter(ask(db, "figures", place="Daraya")))
    assert (shown["low"], shown["condition"], shown["places"]) == (4000, "detained", "Daraya")
    assert list(ask(db, "figures", condition="trapped")) == []
    assert [row["claim"] for row in ask(db, "claims", condition="detained")] == ["In Madaya 40,000 people are trapped"]
    review = db.execute("SELECT * FROM reviews").fetchone()
    assert json.loads(review["before"])["low"] == 40000
    assert json.loads(review["after"])["places"] == ["Daraya"]
    assert rows(db, "SELECT figures FROM place_counts WHERE place_id = 'geonames:170592'") == [(1,)]


def test_a_corrected_place_moves_what_is_told_of_it(db, make, run):
    db.save(make(), run)
    for nth in range(3):
        decide(db, record(db, "place_mentions", "Madaya", nth), "correct", place="Aleppo, SY")
    assert {row["places"] for row in ask(db, "claims_in_place", place="Aleppo")} == {"Aleppo"}
    assert rows(db, "SELECT id FROM places WHERE name = 'Madaya'") == [], "no statement speaks of it any more"
    decide(db, rows(db, "SELECT id FROM reviews")[0][0], "undo")
    assert rows(db, "SELECT name FROM places WHERE name = 'Madaya'") == [("Madaya",)]


def test_a_corrected_quote_moves_with_its_text(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    decide(db, claim, "correct", quote="Bombs fall on Daraya")
    longer = make("Winter is near. " + make().statement.text)
    db.save(longer, run)
    stored = db.execute("SELECT * FROM claims WHERE quote LIKE 'Bombs%'").fetchall()
    assert [(c["quote"], c["judgement"]) for c in stored] == [("Bombs fall on Daraya", "corrected")]
    assert longer.statement.text[stored[0]["start"] : stored[0]["end"]] == "Bombs fall on Daraya"


def without(extraction, quote):
    layers = ("places", "parties", "figures", "demands", "claims")
    kept = {name: tuple(r for r in getattr(extraction, name) if not r.quote.startswith(quote)) for name in layers}
    return replace(extraction, **kept)


def test_what_a_person_accepted_stays_when_the_machine_no_longer_finds_it(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    decide(db, claim, "accept")
    db.save(without(make(), "Bombs"), Run("pipeline@2", version="0.1.0"))
    assert rows(db, "SELECT id, judgement FROM claims WHERE quote LIKE 'Bombs%'") == [(claim, "accepted")]
    assert rows(db, "SELECT attached, found FROM reviews") == [(1, 0)]
    assert [row["claim"] for row in ask(db, "claims_in_place", place="Daraya")] == ["Bombs fall on Daraya every night"]
    decide(db, claim, "undo")
    assert rows(db, "SELECT * FROM claims WHERE quote LIKE 'Bombs%'") == []


def test_what_stood_by_a_persons_word_alone_can_be_rejected_and_that_taken_back(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    decide(db, claim, "accept")
    db.save(without(make(), "Bombs"), Run("pipeline@2", version="0.1.0"))
    decide(db, claim, "reject")
    assert rows(db, "SELECT * FROM claims WHERE id = ?", claim) == []
    with pytest.raises(ReviewError, match="no longer found"):
        decide(db, claim, "accept")
    decide(db, claim, "undo")
    assert rows(db, "SELECT * FROM reviews") == []


def test_a_persons_word_holds_against_a_machine_that_changes_its_mind(db, make, run):
    db.save(make(), run)
    decide(db, record(db, "claims", "Bombs"), "accept")
    other = make()
    first, second = other.claims
    wider = Claim(second.start, second.end + 1, second.quote + ".", "hedged", None, ("Madaya",), method="t@2")
    db.save(replace(other, claims=(first, wider)), Run("pipeline@2", version="0.1.0"))
    stored = db.execute("SELECT * FROM claims WHERE quote LIKE 'Bombs%'").fetchall()
    assert [(c["quote"], c["status"], c["attribution"], c["method"]) for c in stored] == [
        ("Bombs fall on Daraya every night", "reported", "witnesses", "t@2")
    ]
    assert json.loads(rows(db, "SELECT before FROM reviews")[0][0])["status"] == "hedged", "what the machine says now"


@pytest.mark.parametrize(
    ("cut", "attached", "left", "why"),
    [
        (0, 1, 0, "the same words"),
        (2, 1, 0, "nearly the same words"),
        (13, 0, 1, "many other words: nobody knows, so it is shown, and the rejection listed"),
    ],
)
def test_a_rejection_and_a_span_that_moved(db, make, run, cut, attached, left, why):
    db.save(make(), run)
    decide(db, record(db, "claims", "Bombs"), "reject")
    first, second = make().claims
    cut_short = replace(second, end=second.end - cut, quote=second.quote[: len(second.quote) - cut])
    db.save(replace(make(), claims=(first, cut_short)), Run("pipeline@2", version="0.1.0"))
    assert rows(db, "SELECT attached FROM reviews") == [(attached,)], why
    assert len(rows(db, "SELECT * FROM claims WHERE quote LIKE 'Bombs%'")) == left, why


def test_a_judgement_follows_its_words_and_not_a_namesake_above_them(db, make, run):
    db.save(make(), run)
    mention = record(db, "place_mentions", "Madaya", 0)
    decide(db, mention, "reject")
    text = "Of Madaya we heard nothing for two long weeks. " + make().statement.text
    longer = make(text)
    first = PlaceMention(3, 9, "Madaya", "Madaya", "SY", WORLD["geonames:167357"], None, 0.9, "t@1")
    shift = text.index("Open the roads")
    places = tuple(replace(m, start=m.start + shift, end=m.end + shift) for m in make().places)
    db.save(replace(longer, places=(first, *places)), run)
    starts = [start for (start,) in rows(db, "SELECT start FROM place_mentions WHERE quote = 'Madaya' ORDER BY start")]
    assert (
        starts
        == [3, *(m.start for m in places if m.quote == "Madaya")][0:1]
        + [m.start for m in places if m.quote == "Madaya"][1:]
    )


def reworded(extraction):
    """The same without the bombs: other words of the same length stand there, and no claim."""
    text = extraction.statement.text.replace("Bombs fall on", "Shots fell in")
    return replace(without(extraction, "Bombs"), statement=replace(extraction.statement, text=text))


def test_what_no_longer_fits_is_listed_and_comes_back_with_its_words(db, make, run):
    db.save(make(), run)
    decide(db, record(db, "claims", "Bombs"), "correct", status="hedged")
    db.save(reworded(make()), run)
    assert rows(db, "SELECT attached, record_id FROM reviews") == [(0, None)]
    assert rows(db, "SELECT action FROM review_events ORDER BY id") == [("correct",), ("detach",)]
    db.save(make(), run)
    assert rows(db, "SELECT attached FROM reviews") == [(1,)]
    assert rows(db, "SELECT status, judgement FROM claims WHERE quote LIKE 'Bombs%'") == [("hedged", "corrected")]


def test_a_removed_statement_keeps_its_judgements(db, make, run):
    db.save(make(), run)
    decide(db, record(db, "demands", "Russia"), "reject")
    db.remove("madaya-1")
    assert rows(db, "SELECT attached FROM reviews") == [(0,)]
    db.save(make(), run)
    assert rows(db, "SELECT * FROM demands") == []


def test_of_two_judgements_the_last_one_holds_and_the_trail_keeps_both(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    decide(db, claim, "reject", by="Amira")
    decide(db, claim, "accept", by="Boris")
    assert rows(db, "SELECT verdict, reviewer FROM reviews") == [("accepted", "Boris")]
    assert rows(db, "SELECT reviewer, action FROM review_events ORDER BY id") == [
        ("Amira", "reject"),
        ("Boris", "accept"),
    ]
    assert rows(db, "SELECT judgement FROM claims WHERE id = ?", claim) == [("accepted",)]


def test_nobody_judges_what_changed_since_they_saw_it(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    with db.transaction() as connection:
        seen = judging.standing(connection, claim).digest
    decide(db, claim, "accept", by="Boris", digest=seen)
    decide(db, claim, "accept", by="Amira", digest=seen)  # it still says the same
    decide(db, claim, "correct", by="Boris", status="asserted")
    with pytest.raises(ChangedRecordError, match="corrected by Boris"):
        decide(db, claim, "reject", digest=seen)
    assert rows(db, "SELECT status FROM claims WHERE id = ?", claim) == [("asserted",)]


def test_what_cannot_be_judged(db, make, run):
    db.save(make(), run)
    claim = record(db, "claims", "Bombs")
    with pytest.raises(UnknownRecordError, match="no record, link or judgement 12"):
        decide(db, 12, "accept")
    with pytest.raises(ReviewError, match="nobody has judged"):
        decide(db, claim, "undo")
    with pytest.raises(ReviewError, match="needs a name"):
        decide(db, claim, "accept", by=" ")
    with pytest.raises(CorrectionError, match="needs a value"):
        decide(db, claim, "correct")
    assert rows(db, "SELECT * FROM reviews") == rows(db, "SELECT * FROM review_events") == []


CORRECTIONS = [
    ("figures", "40,000", {"condition": "hungry"}, "no condition 'hungry'"),
    ("figures", "40,000", {"low": "5"}, "exact wants the same low and high"),
    ("figures", "40,000", {"low": "5", "qualifier": "about"}, None),
    ("figures", "40,000", {"low": "50000", "qualifier": "about"}, "above high"),
    ("figures", "40,000", {"low": "-1"}, "from 0 up"),
    ("figures", "40,000", {"low": "many"}, "is no number"),
    ("figures", "40,000", {"low": "", "high": ""}, "has a bound at least"),
    ("figures", "40,000", {"unit": " "}, "unit cannot be empty"),
    ("figures", "40,000", {"unit": "share of people"}, "from 0 to 1"),
    ("figures", "40,000", {"places": "Atlantis"}, "no place 'Atlantis'"),
    ("figures", "40,000", {"places": "Tripoli"}, "say which, one of Tripoli, LB; Tripoli, LY"),
    ("figures", "40,000", {"places": "Tripoli, LB; Aleppo"}, None),
    ("figures", "40,000", {"places": "Tripoli, Lebanon"}, None),
    ("figures", "40,000", {"places": "Tripoli, Nowhere"}, "no country"),
    ("figures", "40,000", {"since": "2016-05"}, "both since and until"),
    ("figures", "40,000", {"since": "2016-05-02", "until": "2016-05-01"}, "it must follow 2016-05-02"),
    ("figures", "40,000", {"date": "2016-05"}, None),
    ("figures", "40,000", {"quote": "no such words"}, "do not stand in the statement"),
    ("figures", "40,000", {"quote": "Lantern Aid"}, "must overlap"),
    ("figures", "40,000", {"quote": ""}, "cannot be empty"),
    ("figures", "40,000", {"colour": "red"}, "have no field 'colour'"),
    ("claims", "Bombs", {"status": "true"}, "no status 'true'"),
    ("claims", "Bombs", {"status": "negated", "attribution": ""}, None),
    ("demands", "Russia", {"themes": "peace"}, "no theme 'peace'"),
    ("demands", "Russia", {"themes": ""}, "one theme at least"),
    ("demands", "Russia", {"addressees": "Russia; Harbour League", "strength": "urge"}, None),
    ("place_mentions", "Daraya", {"place": "geonames:1"}, "has no place 'geonames:1'"),
    ("place_mentions", "Daraya", {"place": "geonames:170063"}, None),
    ("place_mentions", "Daraya", {"place": "none"}, None),
    ("party_mentions", "Russia", {"kind": "ngo"}, "the register knows Russia as state"),
    ("party_mentions", "Russia", {"party": "Harbour League", "kind": "ngo"}, None),
    ("party_mentions", "Russia", {"party": ""}, "cannot be empty"),
    ("signatories", "Orchard", {"name": "Orchard Relief Fund", "note": ""}, None),
    ("signatories", "Orchard", {"quote": "Orchard"}, "have no field 'quote'"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "words", "changes", "trouble"), CORRECTIONS)
def test_corrections_are_checked(db, make, run, contents, table, words, changes, trouble):
    db.save(make(), run)
    before = contents(db)
    if trouble:
        with pytest.raises(CorrectionError, match=trouble):
            decide(db, record(db, table, words), "correct", **changes)
        assert contents(db) == before
        return
    target = record(db, table, words)
    decide(db, target, "correct", **changes)
    with db.transaction() as connection:
        shown = judging.standing(connection, target).shown
    for name, value in changes.items():
        assert name in shown, shown
        assert value or shown[name] is None
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    decide(db, target, "undo")
    after = contents(db)
    for table_name in before:
        if table_name not in ("review_events", "organisations", "organisation_names", "party_names", "place_names"):
            assert after[table_name] == before[table_name], table_name


# --- any sequence of judgements and extractions -----------------------------------------------------------------------

CHANGES = {
    "places": [{"place": "Aleppo"}, {"place": "none"}, {"modifier": "eastern"}],
    "parties": [{"party": "Harbour League", "kind": "ngo"}],
    "figures": [{"condition": "missing"}, {"low": "3", "high": "3", "qualifier": "exact"}, {"places": "Aleppo"}],
    "claims": [{"status": "negated"}, {"places": ""}, {"date": "2016-08"}],
    "demands": [{"addressees": ""}, {"themes": "arms", "strength": "urge"}],
    "signatories": [{"acronym": "XX"}],
}
EDITS = ("", "Winter is near. ", "Of Madaya we heard nothing. ")
judged = st.tuples(
    st.just("judge"), st.sampled_from(("accept", "reject", "correct", "undo")), st.integers(0, 30), st.integers(0, 3)
)
extracted = st.tuples(
    st.just("extract"), st.sampled_from(EDITS), st.sets(st.integers(0, 12), max_size=4), st.booleans()
)
steps = st.lists(st.one_of(judged, judged, extracted, st.just(("remove",))), max_size=12)


def extraction_of(opening: str, dropped: set[int], bombs: str):
    """The statement, its text changed, some records not found, others with other words."""
    text = opening + madaya().statement.text
    if bombs == "end":
        text = text.replace("Bombs fall on Daraya every night. ", "") + "\nBombs fall on Daraya every night"
    made = madaya(text)
    number = iter(range(100))
    layers = {
        name: tuple(r for r in getattr(made, name) if next(number) not in dropped)
        for name in ("claims", "figures", "places", "parties", "demands")
    }
    return reworded(replace(made, **layers)) if bombs == "gone" else replace(made, **layers)


def carry_out(db: Database, step: Sequence[object], run_number: int) -> None:
    match step:
        case ("judge", action, which, change):
            query = " UNION ALL ".join(f"SELECT '{t}', id FROM {t}" for t in LAYERS)
            known = [*rows(db, query), *rows(db, "SELECT layer, coalesce(record_id, id) FROM reviews")]
            if not known:
                return
            table, target = sorted(known)[which % len(known)]
            options = CHANGES[LAYERS.get(table, table)]
            try:
                decide(db, target, action, **(options[change % len(options)] if action == "correct" else {}))
            except ReviewError:
                assert action == "undo" or not rows(db, "SELECT 1 FROM statements") or nothing_left(db, target)
            except CorrectionError:
                assert action == "correct"
        case ("extract", opening, dropped, bombs):
            db.save(extraction_of(opening, dropped, bombs), Run(f"pipeline@{run_number}", version="0.1.0"))
        case ("remove",):
            if rows(db, "SELECT 1 FROM statements"):
                db.remove("madaya-1")


def nothing_left(db: Database, target: int) -> bool:
    """Whether a judgement can only be taken back: it is unattached, or about what is rejected and found no more."""
    query = """SELECT 1 FROM reviews WHERE id = ?1 AND record_id IS NULL
    OR record_id = ?1 AND verdict = 'rejected' AND found = 0"""
    return bool(rows(db, query, target))


def check(db: Database) -> None:
    text = next(iter(rows(db, "SELECT text FROM statements")), (None,))[0]
    for review in db.execute("SELECT * FROM reviews"):
        table = filing.TABLES[review["layer"]]
        stored = db.execute(f"SELECT * FROM {table} WHERE id = ?", (review["record_id"],)).fetchone()
        if not review["attached"]:
            assert review["record_id"] is None, "listed as unattached"
            continue
        assert text[review["start"] : review["end"]] == review["quote"], "its words stand where it says"
        if review["verdict"] == "rejected":
            assert stored is None, "what is rejected is not there"
            at = (review["start"], review["end"])
            there = rows(db, f'SELECT judgement FROM {table} WHERE start = ? AND "end" = ? AND judgement IS NULL', *at)
            assert there == [], "nor under another id"
        else:
            assert stored["judgement"] == review["verdict"]
            with db.transaction() as connection:
                shown = judging.standing(connection, review["record_id"]).shown
            said = json.loads(review["after"])
            assert {**shown, "start": 0, "end": 0} == {**said, "start": 0, "end": 0}, "it says what the person said"
    assert db.execute("PRAGMA foreign_key_check").fetchall() == []
    assert_rolled_up(db)


def everything(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """What the tables of records hold, but for the numbers of runs."""
    children = (
        "figure_places", "claim_named_places", "claim_places", "claim_figures", "demand_places", "demand_addressees",
        "demand_actions", "demand_themes", "place_counts", "signatory_counts",
    )  # fmt: skip
    found = {}
    for table in (*LAYERS, *children):
        rows_of = [dict(row) | {"run_id": 0} for row in db.execute(f"SELECT * FROM {table}")]
        found[table] = sorted((tuple(row.values()) for row in rows_of), key=repr)
    return found


@settings(max_examples=60, deadline=None)
@given(steps)
def test_any_sequence_keeps_each_judgement_attached_or_listed(sequence):
    with TemporaryDirectory() as folder, Database(Path(folder) / "s.db", lookup=WORLD.get) as db:
        carry_out(db, ("extract", "", set(), ""), 0)
        last = ("extract", "", set(), "")
        for number, step in enumerate(sequence, 1):
            carry_out(db, step, number)
            last = step if step[0] == "extract" else last
            check(db)
        while found := rows(db, "SELECT id FROM reviews"):
            decide(db, found[0][0], "undo")
        check(db)
        if not rows(db, "SELECT 1 FROM statements"):
            return
        with Database(Path(folder) / "fresh.db", lookup=WORLD.get) as fresh:
            carry_out(fresh, last, 0)
            assert everything(db) == everything(fresh), "without judgements all is as the machine found it"


@settings(max_examples=200, deadline=None)
@given(st.text("ab ", max_size=60), st.integers(0, 60), st.integers(1, 8), st.text("ab ", max_size=12))
def test_an_anchor_finds_its_words_or_nothing(text, start, length, opening):
    start = min(start, max(0, len(text) - length))
    end = min(len(text), start + length)
    if start >= end:
        return
    anchor = reattaching.Anchor.at(text, start, end)
    assert anchor.find(text) == start
    found = anchor.find(opening + text)
    assert found is None or (opening + text)[found : found + len(anchor.quote)] == anchor.quote
