"""Whatever an extraction holds, the database gives it back."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from statement_nlp import records as r
from statement_nlp.store import Database, Run
from statement_nlp.store.dates import interval
from statement_nlp.store.identity import RecordIds, key, stable_id

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
CHANCE = st.floats(0, 1)
NUMBER = st.none() | st.integers(0, 10**12) | st.floats(0, 1e15)
DAY = st.none() | st.dates().map(lambda d: d.isoformat())
PARTIES = [r.Party(f"Party {n}", kind, None, bool(n % 2)) for n, kind in enumerate(get_args(r.PartyKind))]
COUNTRY = r.Place("x:0", "Land", "XX", "country", 1.0, 2.0)
PLACES = [COUNTRY, *(r.Place(f"x:{n}", f"Town {n}", "XX", "city", n / 7, -n, parents=("x:0",)) for n in range(1, 5))]


@st.composite
def extractions(draw):
    text = draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))

    def spans(least=1):
        cut = st.tuples(st.integers(0, len(text)), st.integers(0, len(text))).map(sorted).map(tuple)
        return draw(st.lists(cut.filter(lambda s: s[1] - s[0] >= least), max_size=4, unique=True).map(sorted))

    def found(span):
        return {
            "start": span[0], "end": span[1], "quote": text[span[0] : span[1]], "confidence": draw(CHANCE),
            "method": draw(WORDS), "cues": tuple(draw(st.lists(WORDS, max_size=3))),
        }  # fmt: skip

    def names():
        return tuple(draw(st.lists(WORDS | st.sampled_from([p.name for p in PLACES]), max_size=3)))

    def some(values):
        return draw(st.sampled_from(values))

    def place_mention(span):
        place = some([None, *PLACES])
        name = place.name if place else draw(WORDS)
        return r.PlaceMention(
            **found(span), name=name, country=some([None, "XX"]), place=place, modifier=some([None, "east"])
        )

    def figure(span):
        return r.Figure(
            **found(span), low=draw(NUMBER), high=draw(NUMBER), qualifier=some(get_args(r.Qualifier)), unit=draw(WORDS),
            condition=some(r.CONDITIONS), places=names(), date=draw(st.none() | WORDS), since=draw(DAY),
            until=draw(DAY), part_of=draw(st.none() | st.integers(0, 80)),
        )  # fmt: skip

    def demand(span):
        return r.Demand(
            **found(span), addressees=tuple(p.name for p in draw(st.lists(st.sampled_from(PARTIES), max_size=3))),
            actions=names(), themes=tuple(draw(st.lists(st.sampled_from(r.THEMES), max_size=3))), places=names(),
            deadline=draw(st.none() | WORDS), strength=some(get_args(r.Strength)),
        )  # fmt: skip

    def claim(span):
        return r.Claim(
            **found(span), status=some(get_args(r.ClaimStatus)), attribution=draw(st.none() | WORDS), places=names(),
            date=draw(st.none() | WORDS), since=draw(DAY), until=draw(DAY),
            figures=tuple(draw(st.lists(st.integers(0, 80), max_size=3))),
        )  # fmt: skip

    listed = tuple(
        r.Signatory(a, b, n, draw(WORDS), draw(st.none() | WORDS), draw(st.none() | WORDS), draw(WORDS))
        for n, (a, b) in enumerate(spans(0), start=1)
    )
    return r.Extraction(
        statement=r.Statement(
            id=draw(WORDS), text=text, title=draw(st.none() | WORDS), published=some([None, "2016", "2016-09-12"]),
            publisher=draw(st.none() | WORDS), kind=some(get_args(r.StatementKind)), url=draw(st.none() | WORDS),
            countries=tuple(draw(st.lists(st.sampled_from(["SY", "SD"]), max_size=2))), links_read=draw(st.booleans()),
        ),
        zones=tuple(r.Zone(a, b, some(get_args(r.ZoneKind))) for a, b in spans(0)),
        places=tuple(map(place_mention, spans())),
        parties=tuple(r.PartyMention(**found(s), party=some(PARTIES)) for s in spans()),
        figures=tuple(map(figure, spans())),
        demands=tuple(map(demand, spans())),
        claims=tuple(map(claim, spans())),
        signatories=r.SignatoryList(listed, draw(st.none() | st.integers(0, 500)), draw(st.none() | WORDS)),
        skipped=draw(st.none() | WORDS),
    )  # fmt: skip


PHASES = [Phase.explicit, Phase.reuse, Phase.generate]
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
"""The fixture used gives a function without state; an extraction takes a while to draw."""


@settings(max_examples=20, deadline=None, phases=PHASES, suppress_health_check=SLOW)
@given(first=extractions(), second=extractions())
def test_any_extraction_comes_back_and_leaves_no_trace_when_replaced(contents, first, second):
    second = replace(second, statement=replace(second.statement, series="never the same as the first"))
    run = Run("any@1", version="0")
    lookup = {p.id: p for p in PLACES}.get
    with Database(":memory:", lookup=lookup) as db, Database(":memory:", lookup=lookup) as fresh:
        db.save(first, run)
        assert db.load(first.statement.id) == first
        assert db.save(first, run).outcome == "unchanged"
        db.save(second, run)
        assert db.load(second.statement.id) == second
        for table in ("claims_fts", "demands_fts", "statements_fts"):
            db.execute(f"INSERT INTO {table}({table}, rank) VALUES ('integrity-check', 1)")
        if first.statement.id != second.statement.id:
            db.remove(first.statement.id)
        fresh.save(second, run)
        kept, made = contents(db), contents(fresh)
        for table in ("place_names", "parties", "party_names", "organisations", "organisation_names"):
            assert {row[0] for row in kept.pop(table)} == {row[0] for row in made.pop(table)}, table
        assert kept == made, "as if the first had never been there"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []


def closure(db):
    return {tuple(row) for row in db.execute("SELECT ancestor_id, date, claim_id FROM claim_places")}


@settings(max_examples=15, deadline=None, phases=PHASES, suppress_health_check=SLOW)
@given(extraction=extractions(), rejected=st.integers(0, 3))
def test_claim_places_is_what_a_join_would_give(extraction, rejected):
    with Database(":memory:", lookup={p.id: p for p in PLACES}.get) as db:
        db.save(extraction, Run("any@1", version="0"))
        joined = """SELECT DISTINCT a.ancestor_id, c.day, c.id FROM claims c
        JOIN claim_named_places n ON n.claim_id = c.id
        JOIN place_ancestors a ON a.place_id = n.place_id"""
        assert closure(db) == {tuple(row) for row in db.execute(joined)}
        db.execute("DELETE FROM claim_named_places WHERE position = ?", (rejected,))
        assert closure(db) == {tuple(row) for row in db.execute(joined)}
        db.execute("UPDATE claims SET day = '1999-01-01'")
        assert closure(db) == {tuple(row) for row in db.execute(joined)}


@pytest.mark.parametrize(
    ("text", "expected", "why"),
    [
        ("2016", ("2016-01-01", "2017-01-01"), "a year"),
        ("2016-12", ("2016-12-01", "2017-01-01"), "a month at the turn of the year"),
        ("2016-02-29", ("2016-02-29", "2016-03-01"), "a leap day"),
        ("2016-09-12T10:00:00+00:00", ("2016-09-12", "2016-09-13"), "a day with its time, as ReliefWeb gives it"),
        ("2015-02-29", (None, None), "no such day"),
        ("9999", (None, None), "its end is beyond the calendar"),
        ("last Friday", (None, None), "not ISO"),
        ("", (None, None), "nothing"),
        (None, (None, None), "not known"),
    ],
)
def test_interval(text, expected, why):
    assert interval(text) == expected, why


@pytest.mark.parametrize(
    ("name", "expected", "why"),
    [
        ("Côte d'Ivoire", "cote-divoire", "accents and apostrophes do not tell apart"),
        ("  M.S.F. ", "m-s-f", "punctuation is a break"),
        ("Красный Крест", "красныи-крест", "other scripts stay"),
        ("—", f"name-{stable_id('—')}", "a name without a letter is still somebody"),
    ],
)
def test_key(name, expected, why):
    assert key(name) == expected, why


@settings(deadline=None)
@given(st.lists(WORDS, max_size=4))
def test_stable_ids_fit_a_browser(parts):
    assert 0 < stable_id(*parts) <= 2**53 - 1
    assert stable_id(*parts) == stable_id(*parts)


def test_ids_follow_quote_and_occurrence_not_offsets():
    one, other = "Russia and Russia", "Again: Russia and Russia"
    ids = [RecordIds("s", text) for text in (one, other)]
    assert ids[0].give("parties", 11, 17) == ids[1].give("parties", 18, 24)
    assert ids[0].give("parties", 0, 6) != ids[0].give("parties", 0, 6), "a second record at the same span"
    assert ids[0].give("places", 0, 6) not in {ids[1].give("parties", 7, 13)}, "layers are apart"
