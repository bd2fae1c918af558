"""Statements side by side, and what the commands print of them."""

import json

import pytest
from click.testing import CliRunner

from statement_nlp.cli import comparing, main
from statement_nlp.errors import UnknownStatementError
from statement_nlp.records import (
    Claim,
    Demand,
    Extraction,
    Figure,
    Party,
    PartyMention,
    Place,
    PlaceMention,
    Signatory,
    SignatoryList,
    Statement,
)
from statement_nlp.store import Database, Run
from statement_nlp.tracking.compare import _difference, compare
from statement_nlp.tracking.linking import link_statement
from statement_nlp.tracking.organisations import organise

MADAYA = Place("geonames:167357", "Madaya", "SY", "city", 33.69, 36.1)
ALEPPO = Place("geonames:170063", "Aleppo", "SY", "city", 36.2, 37.16)
RUSSIA, TURKEY = Party("Russia", "state", "RU"), Party("Turkey", "state", "TR")


def read(name, published, text, people, demands, party, signatories, *places):
    """A statement of one figure on Madaya, with demands, one party, signatories and places by name."""

    count = f"{people:,} people"
    told = [f"In Madaya {count} are trapped", *(quote for quote in ("Turkey watches",) if quote in text)]

    def at(quote):
        return text.index(quote), text.index(quote) + len(quote)

    return Extraction(
        Statement(name, text, title=name.title(), published=published),
        places=tuple(PlaceMention(*at(p.name), p.name, p.name, "SY", p) for p in places),
        parties=(PartyMention(*at(party.name), party.name, party),),
        figures=(Figure(*at(count), count, people, people, "exact", "people", "trapped", ("Madaya",)),),
        claims=tuple(
            Claim(*at(c), c, "asserted", None, ("Madaya",), figures=(text.index(count),) if count in c else ())
            for c in told
        ),
        demands=tuple(Demand(*at(d), d, ("Russia",), (d[12:],), (theme,), ()) for d, theme in demands),
        signatories=SignatoryList(tuple(Signatory(*at(s), n, s) for n, s in enumerate(signatories, 1))),
    )  # fmt: skip


SPRING = read(
    "spring", "2016-03-01",
    "In Madaya 42,000 people are trapped. Russia must end the siege of the town. Russia must fund the plan. "
    "Lantern Aid, Orchard Relief",
    42000, [("Russia must end the siege of the town.", "end_siege"), ("Russia must fund the plan.", "funding")], RUSSIA,
    ["Lantern Aid", "Orchard Relief"], MADAYA,
)  # fmt: skip
AUTUMN = read(
    "autumn", "2016-09-01",
    "In Madaya 38,000 people are trapped, in Aleppo more. Turkey watches. Russia must lift the siege of the town. "
    "LANTERN AID",
    38000, [("Russia must lift the siege of the town.", "end_siege")], TURKEY, ["LANTERN AID"], MADAYA, ALEPPO,
)  # fmt: skip


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "statements.db"
    with Database(file, lookup={p.id: p for p in (MADAYA, ALEPPO)}.get) as database:
        run = Run("test")
        for extraction in (SPRING, AUTUMN):
            database.save(extraction, run, then=[link_statement])
        organise(database)
    return file


@pytest.fixture
def found(path):
    with Database(path) as database:
        return compare(database, ["spring", "autumn"])


def test_names_shared_and_separate(found):
    def told(names):
        return [(n.name, n.statements) for n in names]

    assert told(found.places.shared) == [("Madaya", ("spring", "autumn"))]
    assert told(found.places.separate) == [("Aleppo", ("autumn",))]
    assert told(found.parties.separate) == [("Russia", ("spring",)), ("Turkey", ("autumn",))]
    assert [n.statements for n in found.signatories.shared] == [("spring", "autumn")], "printed in capitals once"
    assert told(found.signatories.separate) == [("Orchard Relief", ("spring",))]


def test_figures_side_by_side_with_their_difference(found):
    (pair,) = found.figures
    assert (pair.a, pair.b) == (("spring", "42,000 people"), ("autumn", "38,000 people"))
    assert (pair.kind, pair.difference, pair.change) == ("updates", -4000, -0.0952)
    assert (pair.places, pair.condition) == ("Madaya", "trapped")


def test_demands_in_common_and_alone(found):
    assert [[d.statement_id for d in group] for group in found.demands_shared] == [["spring", "autumn"]]
    assert [d.quote for d in found.demands_alone] == ["Russia must fund the plan."]


def test_claims_in_common_by_their_figures_and_alone(found):
    assert [[(c.statement_id, c.quote) for c in group] for group in found.claims_shared] == [
        [("spring", "In Madaya 42,000 people are trapped"), ("autumn", "In Madaya 38,000 people are trapped")]
    ]
    assert [(c.statement_id, c.quote, c.status, c.places) for c in found.claims_alone] == [
        ("autumn", "Turkey watches", "asserted", "Madaya")
    ]


def test_claims_that_a_link_joins_are_about_the_same_thing(path):
    with Database(path) as database:
        ids = [row[0] for row in database.execute("SELECT id FROM claims WHERE quote LIKE 'In%' ORDER BY quote DESC")]
        watching = database.execute("SELECT id FROM claims WHERE quote LIKE 'Turkey%'").fetchone()[0]
        database.execute("DELETE FROM links")
        assert compare(database, ["spring", "autumn"]).claims_shared == ()
        database.execute(
            "INSERT INTO links(id, kind, layer, a_statement_id, a_id, a_quote, b_statement_id, b_id, b_quote, score, "
            "reason, features, method) VALUES (1, 'repeats', 'claims', 'spring', ?, 'x', 'autumn', ?, 'y', 1, '', "
            "'{}', 't')",
            (ids[0], watching),
        )
        found = compare(database, ["spring", "autumn"])
    assert [[c.quote[:9] for c in group] for group in found.claims_shared] == [["In Madaya", "Turkey wa"]]
    assert [c.statement_id for c in found.claims_alone] == ["autumn"]


def test_the_order_given_is_the_order_shown_but_earlier_figures_stand_first(path):
    with Database(path) as database:
        found = compare(database, ["autumn", "spring", "autumn"])
    assert [s.id for s in found.statements] == ["autumn", "spring"]
    assert found.figures[0].a[0] == "spring"


def test_rejected_links_do_not_count(path):
    with Database(path) as database:
        database.execute("UPDATE links SET judgement = 'rejected'")
        found = compare(database, ["spring", "autumn"])
    assert found.figures == ()
    assert found.demands_shared == found.claims_shared == ()
    assert len(found.demands_alone) == 3


def test_one_statement_or_an_unknown_one_is_refused(path):
    with Database(path) as database:
        with pytest.raises(ValueError, match="two different"):
            compare(database, ["spring", "spring"])
        with pytest.raises(UnknownStatementError):
            compare(database, ["spring", "winter"])


def call(path, *arguments):
    return CliRunner().invoke(main, list(arguments), env={"STATEMENT_NLP_DB": str(path)})


def test_compare_prints_a_table(path):
    shown = call(path, "compare", "spring", "autumn")
    assert shown.exit_code == 0, shown.output
    for words in (
        "A  Spring (2016-03-01, spring)",
        "Shared places: 1",
        "Only in B: Aleppo",
        "-4,000 (-10%)",
        "fund the plan",
        "Claims about the same thing",
        "Turkey watches",
    ):
        assert words in shown.stdout


def test_compare_prints_json(path):
    shown = json.loads(call(path, "compare", "spring", "autumn", "--format", "json").stdout)
    assert shown["figures"][0]["difference"] == -4000
    assert shown["places"]["shared"][0]["name"] == "Madaya"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [(("spring",), 2, "two different"), (("spring", "winter"), 1, "no statement 'winter'")],
)
def test_compare_says_what_is_wrong(path, arguments, status, words):
    shown = call(path, "compare", *arguments)
    assert shown.exit_code == status
    assert words in shown.stderr


@pytest.fixture
def madaya(monkeypatch):
    """The name of the place without the gazetteer."""
    monkeypatch.setattr(comparing, "places_named", lambda *given, **more: (MADAYA.id,))


@pytest.mark.usefixtures("madaya")
def test_timeline_in_each_format(path):
    def lines(*more):
        shown = call(path, "timeline", "--place", "Madaya", "--condition", "trapped", *more)
        assert shown.exit_code == 0, shown.output
        return shown.stdout

    assert [p["figure"] for p in json.loads(lines("--format", "json"))] == ["42,000 people", "38,000 people"]
    header, first, *_ = lines("--format", "csv").splitlines()
    assert header.startswith("day,low,high,unit,figure")
    assert first.startswith("2016-03-01,")
    assert "42,000 people" in lines("--format", "table")
    chart = lines("--linked")
    assert "Madaya: people trapped" in chart
    assert "█" * comparing.BAR in chart


@pytest.mark.usefixtures("madaya")
def test_timeline_without_a_figure(path):
    shown = call(path, "timeline", "--place", "Madaya", "--condition", "killed")
    assert shown.exit_code == 0
    assert "No figure of Madaya (killed) is stored." in shown.stderr


BARS = [
    (10, 10, 10, "█" * 40, "the largest"),
    (5, 5, 10, "█" * 20, "half of it"),
    (5, 10, 10, "█" * 20 + "░" * 20, "a range"),
    (10, None, 10, "█" * 40 + ">", "at least"),
    (None, 10, 10, "░" * 40, "at most"),
    (0, 0, 0, "", "nothing"),
]


@pytest.mark.parametrize(("low", "high", "most", "bar", "why"), BARS)
def test_bars(low, high, most, bar, why):
    assert comparing._bar(low, high, most) == bar, why


@pytest.mark.parametrize(
    ("a", "b", "expected", "why"),
    [
        ((300.0, 300.0), (500.0, 500.0), 200.0, "two numbers"),
        ((300.0, 300.0), (100.0, None), None, "hundreds may be more"),
        ((300.0, 300.0), (400.0, None), 100.0, "at least 400 is more than 300"),
        ((None, 50.0), (80.0, 80.0), 30.0, "up to 50 is less than 80"),
        ((None, 50.0), (40.0, 40.0), None, "up to 50 may be less"),
        ((10.0, 20.0), (15.0, 25.0), 5.0, "middles of two ranges"),
        ((10.0, None), (20.0, None), None, "two open numbers"),
    ],
)
def test_a_difference_is_told_where_it_can_be(a, b, expected, why):
    assert _difference(a, b) == expected, why
