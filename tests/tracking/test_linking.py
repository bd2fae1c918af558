"""Links between records of statements: what is compared, scored, told apart by kind, stored and kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from statement_nlp.errors import ModelError
from statement_nlp.records import Demand, Extraction, Figure, Party, PartyMention, Place, PlaceMention, Statement
from statement_nlp.store import Database, Run
from statement_nlp.tracking import link_model
from statement_nlp.tracking.link_features import digits
from statement_nlp.tracking.link_kinds import figure_kind
from statement_nlp.tracking.link_records import FigureEnd
from statement_nlp.tracking.link_words import addressee_sort, concepts, likeness, unit_class, words
from statement_nlp.tracking.linking import FIGURE_NAMES, find_links, link_all, link_statement

SYRIA = Place("geonames:163843", "Syria", "SY", "country", 35.0, 38.0)
MADAYA = Place("geonames:167357", "Madaya", "SY", "city", 33.69, 36.1, parents=("geonames:163843",))
ALEPPO = Place("geonames:170063", "Aleppo", "SY", "city", 36.2, 37.16, parents=("geonames:163843",))
YEMEN = Place("geonames:69543", "Yemen", "YE", "country", 15.5, 47.5)
PLACES = {p.name: p for p in (SYRIA, MADAYA, ALEPPO, YEMEN)}
PARTIES = {
    p.name: p
    for p in (
        Party("Russia", "state", "RU"),
        Party("Syria", "state", "SY"),
        Party("donors", "collective"),
        Party("donor governments", "collective"),
    )
}


def figure(text, quote, place, value, condition="trapped", unit="people", **more):
    start = text.index(quote)
    bounds = {"low": value, "high": value, "qualifier": "exact"} | more
    return Figure(start, start + len(quote), quote, unit=unit, condition=condition, places=(place,), **bounds)


def demand(text, quote, addressee, actions, themes, *places):
    start = text.index(quote)
    return Demand(start, start + len(quote), quote, (addressee,), tuple(actions), tuple(themes), places)


def statement(name, published, text, figures=(), demands=()):
    """A statement with its figures and demands; places and parties are found by their names in the text."""

    def at(quote):
        return text.index(quote), text.index(quote) + len(quote), quote

    return Extraction(
        Statement(name, text, published=published),
        places=tuple(PlaceMention(*at(n), n, p.country, p) for n, p in PLACES.items() if n in text),
        parties=tuple(PartyMention(*at(n), p) for n, p in PARTIES.items() if n in text),
        figures=tuple(figure(text, *f[:-1], **f[-1]) if isinstance(f[-1], dict) else figure(text, *f) for f in figures),
        demands=tuple(demand(text, *d) for d in demands),
    )


SPRING = statement(
    "spring", "2016-03-01",
    "In Madaya 42,310 people are trapped. Russia must end the siege of Madaya. We ask donors to fund the Syria plan.",
    [("42,310 people", "Madaya", 42310.0)],
    [
        ("Russia must end the siege of Madaya.", "Russia", ["end the siege of Madaya"], ["end_siege"], "Madaya"),
        ("We ask donors to fund the Syria plan.", "donors", ["fund the Syria plan"], ["funding"], "Syria"),
    ],
)  # fmt: skip
AUTUMN = statement(
    "autumn", "2016-09-01",
    "In Madaya 38,000 people are trapped, down from 42,310. Russia must lift the siege of Madaya now. "
    "The Syria plan needs money: donor governments must fund it.",
    [("38,000 people", "Madaya", 38000.0), ("42,310", "Madaya", 42310.0)],
    [
        ("Russia must lift the siege of Madaya now.", "Russia", ["lift the siege of Madaya"], ["end_siege"], "Madaya"),
        ("donor governments must fund it.", "donor governments", ["fund it"], ["funding"], "Syria"),
    ],
)  # fmt: skip
ELSEWHERE = statement(
    "elsewhere", "2016-09-02",
    "In Aleppo 42,310 people are trapped. In Yemen 42,310 people are trapped. Yemen waits: donors must fund the plan.",
    [("In Aleppo 42,310 people", "Aleppo", 42310.0), ("In Yemen 42,310 people", "Yemen", 42310.0)],
    [("donors must fund the plan.", "donors", ["fund the plan"], ["funding"], "Yemen")],
)  # fmt: skip


@pytest.fixture
def db(tmp_path):
    with Database(tmp_path / "statements.db", lookup={p.id: p for p in PLACES.values()}.get) as database:
        yield database


def stored(db):
    rows = db.execute("SELECT kind, a_quote, b_quote FROM links ORDER BY kind, a_quote, b_quote")
    return [tuple(row) for row in rows]


EXPECTED = [
    ("repeats", "42,310 people", "42,310"),
    ("same_demand", "Russia must end the siege of Madaya.", "Russia must lift the siege of Madaya now."),
    ("same_demand", "We ask donors to fund the Syria plan.", "donor governments must fund it."),
    ("updates", "42,310 people", "38,000 people"),
]


def save_all(db, *extractions, then=()):
    run = Run("test")
    for extraction in extractions:
        db.save(extraction, run, then=then)


def test_links_of_two_statements_and_none_to_another_place(db):
    save_all(db, SPRING, AUTUMN, ELSEWHERE)
    assert link_all(db) == 4
    assert stored(db) == EXPECTED


@pytest.mark.parametrize("order", [(SPRING, AUTUMN, ELSEWHERE), (ELSEWHERE, AUTUMN, SPRING)])
def test_linking_what_is_added_gives_what_linking_all_gives(db, order):
    save_all(db, *order, then=[link_statement])
    added = list(map(tuple, db.execute("SELECT * FROM links ORDER BY id")))
    link_all(db)
    assert [tuple(row) for row in db.execute("SELECT * FROM links ORDER BY id")] == added
    assert stored(db) == EXPECTED


def test_a_link_says_why(db):
    save_all(db, SPRING, AUTUMN, then=[link_statement])
    row = db.execute("SELECT * FROM links WHERE kind = 'updates'").fetchone()
    assert row["reason"].startswith("same place, trapped, people: a new value 6 months later")
    assert 0 < row["score"] <= 1
    assert json.loads(row["features"])["same_place"] == 1
    assert set(json.loads(row["features"])) <= set(FIGURE_NAMES)
    assert row["method"].startswith("model:links-figures@")
    asked = db.execute("SELECT reason FROM links WHERE a_quote LIKE 'Russia%'").fetchone()[0]
    assert asked.startswith("both ask Russia, on end siege")


def test_saving_again_replaces_links_but_not_those_that_were_judged(db):
    save_all(db, SPRING, AUTUMN, then=[link_statement])
    db.execute("UPDATE links SET judgement = 'rejected' WHERE kind = 'updates'")
    db.save(AUTUMN, Run("again"), then=[link_statement])
    link_all(db)
    assert stored(db) == EXPECTED
    assert db.execute("SELECT judgement FROM links WHERE kind = 'updates'").fetchone()[0] == "rejected"


def test_a_statement_that_goes_takes_its_links(db):
    save_all(db, SPRING, AUTUMN, then=[link_statement])
    db.remove("spring")
    assert stored(db) == []


def test_rejected_records_are_not_linked(db):
    save_all(db, SPRING, AUTUMN)
    db.execute("UPDATE figures SET judgement = 'rejected' WHERE quote = '38,000 people'")
    assert {f.kind for f in find_links(db.connection, "autumn")} == {"repeats", "same_demand"}


def end(low, high=None, *, published="2016-09-01", date=None, since=None, until=None, qualifier="exact"):
    top = low if high is None and qualifier == "exact" else high
    return FigureEnd(
        1, "s", "q", low, top, qualifier, "people", "killed", date, since, until, published, "", (), frozenset(), False
    )


AUGUST = {"date": "on 2 August", "since": "2018-08-02", "until": "2018-08-03"}
KINDS = [
    (end(300), end(301, published="2017-01-01"), "repeats", "to within 1%"),
    (end(300), end(400, published="2017-01-01"), "updates", "later, no time given"),
    (end(26, **AUGUST), end(55, **AUGUST), "conflicts", "one day, two values"),
    (end(26, **AUGUST), end(20, None, qualifier="at_least", **AUGUST), "repeats", "one day, both can hold"),
    (end(8000), end(4000, published="2017-04-01", date="in August", since="2016-08-01", until="2016-09-01"),
     "conflicts", "looks back at what the first spoke of"),
    (end(436000, published="2017-09-27"), end(700000, published="2023-06-01", date="in 2017", since="2017-01-01",
     until="2018-01-01"), "updates", "the year went on after the first"),
    (end(470000, published="2018-09-13", date="since 1 June", since="2018-06-01", until="2018-09-13"),
     end(445000, published="2018-11-03", date="since June", since="2018-06-01", until="2018-11-03"),
     "conflicts", "a count from one day does not fall"),
    (end(430, published="2018-09-13", date="since 1 June", since="2018-06-01", until="2018-09-13"),
     end(470, published="2018-11-03", date="since June", since="2018-06-01", until="2018-11-03"),
     "updates", "a count from one day grows"),
    (end(430000, date="before 24 February"), end(450000, published="2016-10-01", date="Before the war"),
     "conflicts", "both of the time before"),
    (end(60, published="2016-10-20"), end(45, published="2017-06-20", date="When the battle began"),
     "conflicts", "looks back in words"),
    (end(8), end(9), "conflicts", "published on one day"),
    (end(8, published=None), end(9), "updates", "nobody knows when"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b", "kind", "why"), KINDS)
def test_kind_of_a_figure_link(a, b, kind, why):
    verdict = figure_kind(a, b)
    assert verdict.kind == kind, (why, verdict.why)
    assert verdict.why


UNITS = [
    ("people", "persons"), ("Yemenis", "persons"), ("civilians", "persons"), ("aid workers", "aid_workers"),
    ("children", "children"), ("share of the population", "share"), ("USD", "money"), ("truckloads", "lorries"),
    ("hospitals", "health_facilities"), ("families", "households"), ("votes", "vote"), ("", ""),
]  # fmt: skip


@pytest.mark.parametrize(("unit", "expected"), UNITS)
def test_unit_class(unit, expected):
    assert unit_class(unit) == expected


@pytest.mark.parametrize(
    ("name", "sort"),
    [("donor governments", "donors"), ("parties to the conflict", "parties"), ("arms-supplying states", "states"),
     ("Russia", None), ("members of the Security Council", "security_council")],
)  # fmt: skip
def test_addressee_sort(name, sort):
    assert addressee_sort(name) == sort


def test_concepts_join_different_words():
    assert concepts("lift the sieges") & concepts("end the blockade") == {"siege"}
    assert not concepts("publish the report in full") & concepts("lift the siege")


@given(st.text(), st.text())
def test_likeness_is_symmetric_and_a_share(a, b):
    x, y = words(a), words(b)
    assert likeness(x, y, {}) == likeness(y, x, {})
    assert 0 <= likeness(x, y, {}) <= 1 + 1e-9
    assert not x or likeness(x, x, {}) == pytest.approx(1)


@pytest.mark.parametrize(("value", "expected"), [(362000.0, 3), (500.0, 1), (0.0, 1), (0.25, 2), (13.1e6, 3)])
def test_significant_digits(value, expected):
    assert digits(value) == expected


def test_a_model_of_other_features_is_refused(tmp_path):
    link_model.LinkModel("x", "1", 0.0, {"bias": 1.0}, {"repeats": 0.5}, {}).write(tmp_path / "figures.json")
    with pytest.raises(ModelError, match="other features"):
        link_model.load("figures", FIGURE_NAMES, tmp_path)
    (tmp_path / "figures.json").write_text("[]")
    with pytest.raises(ModelError):
        link_model.load("figures", FIGURE_NAMES, tmp_path)
    with pytest.raises(ModelError, match="no model"):
        link_model.load("demands", FIGURE_NAMES, tmp_path)
