"""Claims of two statements that say the same: which are compared, which are linked, and why."""

import pytest

from statement_nlp.records import Claim, Extraction, Figure, Place, PlaceMention, Statement
from statement_nlp.store import Database, Run
from statement_nlp.tracking.claim_links import ClaimEnd, claim_features, comparable_claims
from statement_nlp.tracking.link_words import events, lexicon
from statement_nlp.tracking.linking import link_all, link_statement

SYRIA = Place("geonames:163843", "Syria", "SY", "country", 35.0, 38.0)
MADAYA = Place("geonames:167357", "Madaya", "SY", "city", 33.69, 36.1, parents=("geonames:163843",))
ALEPPO = Place("geonames:170063", "Aleppo", "SY", "city", 36.2, 37.16, parents=("geonames:163843",))
PLACES = {p.name: p for p in (SYRIA, MADAYA, ALEPPO)}


def told(name, published, *claims):
    """A statement of claims: (clause, place, the day it is dated to or None, whether a figure stands in it)."""
    text = " ".join(f"{clause}." for clause, *_ in claims)
    records, figures, places = [], [], []
    for clause, place, day, counted in claims:
        start = text.index(clause)
        if counted:
            figures.append(Figure(start, start + 6, text[start : start + 6], 7, 7, "exact", "x", "other", (place,)))
        if place in clause:
            at = text.index(place, start)
            places.append(PlaceMention(at, at + len(place), place, place, "SY", PLACES[place]))
        else:
            places.append(PlaceMention(start, start + 3, text[start : start + 3], place, "SY", PLACES[place]))
        inside = (start,) if counted else ()
        records.append(
            Claim(start, start + len(clause), clause, "asserted", None, (place,), day, day, None, inside)
        )  # fmt: skip
    return Extraction(
        Statement(name, text, published=published), places=tuple(places), figures=tuple(figures), claims=tuple(records)
    )


@pytest.fixture
def db(tmp_path):
    with Database(tmp_path / "statements.db", lookup={p.id: p for p in PLACES.values()}.get) as database:
        yield database


def stored(db):
    return [tuple(row) for row in db.execute("SELECT layer, kind, a_quote, b_quote FROM links ORDER BY a_quote")]


FIRST = told(
    "first", "2016-08-19",
    ("The Castello Road to Aleppo, the last way out, was closed on 7 July", "Aleppo", "2016-07-07", False),
    ("The children of Madaya have no school", "Madaya", None, False),
)  # fmt: skip
SECOND = told(
    "second", "2016-12-01",
    ("The Castello Road, the last way out of Aleppo, has been closed since July", "Aleppo", "2016-07-01", False),
    ("The hospital of Madaya was hit", "Madaya", None, False),
)  # fmt: skip


@pytest.mark.parametrize("at_once", [True, False])
def test_claims_that_say_the_same_are_linked_with_the_reason(db, at_once):
    for extraction in (FIRST, SECOND):
        db.save(extraction, Run("test"), then=() if at_once else [link_statement])
    if at_once:
        assert link_all(db) == 1
    clauses = [(FIRST.claims[0].quote, SECOND.claims[0].quote)]
    assert [row[2:] for row in stored(db)] == clauses
    reason = db.execute("SELECT reason FROM links").fetchone()[0]
    assert reason.startswith("same place")
    assert "words in common: castello, road" in reason
    assert db.execute("SELECT count(*) FROM tracks").fetchone()[0] == 0, "claims make no track"


def test_a_rejected_claim_is_not_linked(db):
    for extraction in (FIRST, SECOND):
        db.save(extraction, Run("test"))
    db.execute("UPDATE claims SET judgement = 'rejected' WHERE statement_id = 'second'")
    assert link_all(db) == 0


def end(quote, place="p", *, id=1, statement="s", around=(), **more):
    given = {"status": "asserted", "date": None, "since": None, "until": None, "day": "", "published": "2016-01-01"}
    given |= {"counted": False, "country": "c", "names": frozenset()} | more
    return ClaimEnd(id, statement, quote, places=(place,), around=frozenset(around), **given)


COMPARED = [
    (end("the road is closed"), end("the road was closed", statement="t"), True, "same place, a word in common"),
    (end("the road is closed"), end("the road was closed"), False, "one statement says it twice"),
    (end("the road is closed"), end("the road was closed", "q", statement="t"), False, "another place"),
    (end("the road is closed"), end("the road was closed", "q", statement="t", around=["p"]), True, "a place inside"),
    (end("the town fell"), end("it was taken by rebels", statement="t"), True, "two words for one event"),
    (end("the school burned"), end("rain came late", statement="t"), False, "no word in common"),
    (end("12 died", counted=True), end("12 died", statement="t", counted=True), False, "their figures are linked"),
]


@pytest.mark.parametrize(("a", "b", "expected", "why"), COMPARED, ids=[row[3] for row in COMPARED])
def test_which_claims_are_compared(a, b, expected, why):
    assert comparable_claims(a, b) is expected, why
    assert comparable_claims(b, a) is expected, why


TIMES = [
    (("2016-07-07", "2016-07-08"), ("2016-07-01", None), "same_day", "since July"),
    (("2016-07-07", "2016-07-08"), ("2016-07-09", "2016-07-10"), "same_day", "a few days off"),
    (("2016-07-07", "2016-07-08"), ("2015-07-07", "2015-07-08"), "other_day", "a year between"),
    (("2016-07-07", "2016-07-08"), (None, None), None, "one gives no time"),
]


@pytest.mark.parametrize(("first", "second", "feature", "why"), TIMES, ids=[row[3] for row in TIMES])
def test_times_of_two_claims(first, second, feature, why):
    a = end("the road is closed", since=first[0], until=first[1])
    b = end("the road is closed", since=second[0], until=second[1])
    found = claim_features(a, b, {})
    assert {name for name in ("same_day", "other_day") if found[name]} == ({feature} if feature else set()), why


ONGOING = [
    ("since April 2017", "2017-04-01", "Since 2015", "2015-01-01", "other_day", "two years apart, both to this day"),
    ("since 29 July", "2021-07-29", "since August", "2021-08-01", "same_day", "begun within days"),
    ("since 2015", "2015-01-01", "on 9 March", "2016-03-09", "other_day", "what lasts is not each day of it"),
]


@pytest.mark.parametrize(("date_a", "a", "date_b", "b", "feature", "why"), ONGOING, ids=[row[5] for row in ONGOING])
def test_what_goes_on_is_told_by_its_beginning(date_a, a, date_b, b, feature, why):
    first = end("the road is closed", date=date_a, since=a)
    second = end("the road is closed", date=date_b, since=b, until="2016-03-10" if date_b.startswith("on") else None)
    found = claim_features(first, second, {})
    assert [name for name in ("same_day", "other_day") if found[name]] == [feature], why


def test_the_lexicon_holds_words_alone():
    def leaves(value):
        if isinstance(value, dict):
            for name, inner in value.items():
                yield name
                yield from leaves(inner)
        elif isinstance(value, list | frozenset):
            yield from value

    assert [leaf for leaf in leaves(lexicon()) if not isinstance(leaf, str)] == [], (
        "a bare on or no is a boolean in YAML"
    )
    assert "on" in lexicon()["stopwords"]


def test_sorts_of_events_join_different_words():
    assert events("Djibo has been under blockade") & events("The town has been ringed by fighters")
    assert not events("Djibo has been under blockade") & events("The rains have failed")
