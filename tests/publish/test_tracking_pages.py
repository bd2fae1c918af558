"""Pages on what statements have in common, through Datasette's client: comparisons, tracks, timelines, links."""

import csv
import html
import io
import re
import sqlite3
from xml.etree import ElementTree

import pytest
from tests.publish import tracked
from tests.publish.opened import page

from statement_nlp.publish import track_chart
from statement_nlp.publish.server import application
from statement_nlp.store.database import Database
from statement_nlp.tracking.organisations import merge_organisations

PAIR = "a=winter&b=rival%2Fof+%3Cwinter%3E"


@pytest.fixture(scope="module")
def linked_path(tmp_path_factory):
    return tracked.make(tmp_path_factory.mktemp("tracked") / "statements.db")


@pytest.fixture
async def served(linked_path):
    datasette = application(linked_path)
    await datasette.invoke_startup()
    return datasette


def words(text: str) -> str:
    """What a reader sees: no markup, single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def track_id(path, layer: str) -> int:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT id FROM tracks WHERE layer = ?", (layer,)).fetchone()[0]


COMPARED = [
    ("42,310 people", "the earlier figure"),
    ("30,500 people", "beside the later one"),
    ("−11,810 (−28%)", "with the difference"),
    ("conflict same place, trapped, people: both of 2016-02-01, but the values cannot both hold", "and why"),
    ("In common: 1 pair of figures · 1 demand · no claims · 1 place · 1 party · 1 signatory", "what is shared"),
    ("Lantern Relief", "a signatory in common"),
    ("Only in A 1 Harbour Aid", "and one of the first alone"),
    ("Only in B 1 Bridge & Shore", "and of the second"),
    ("A Russia must lift the siege of Madaya. on Russia B Russia must lift the siege", "a demand in common"),
    ("A alone 0 None.", "no demand of one alone"),
    ("Claims about the same thing None is known. Claims of one alone A alone", "claims that one alone makes"),
]


@pytest.mark.parametrize(("holds", "why"), COMPARED, ids=[row[1] for row in COMPARED])
async def test_two_statements_side_by_side(served, holds, why):
    assert holds in words(await page(served, f"/compare?{PAIR}")), why


async def test_a_comparison_as_json(served):
    found = (await served.client.get(f"/compare.json?{PAIR}")).json()
    assert [s["id"] for s in found["statements"]] == ["winter", "rival/of <winter>"]
    assert [(f["kind"], f["difference"]) for f in found["figures"]] == [("conflicts", -11810)]
    assert len(found["demands_shared"]) == 1
    assert [n["name"] for n in found["signatories"]["shared"]] == ["Lantern Relief"]


CHOICES = [
    ("/compare", "Statements with most in common", "nothing asked: what is worth comparing"),
    ("/compare?a=winter", "With which one? Statements that speak of the same things", "one asked: what fits it"),
    ("/compare?a=winter&b=madaya", "“madaya” may be any of these", "several of a name: which one"),
    ("/compare?a=winter&b=nowhere", "No statement here is called “nowhere”", "none of a name"),
    ("/compare?a=winter&b=Madaya+in+winter", "Both are the same statement", "one by two names"),
    ("/compare?a=Madaya+in+winter&b=summer&c=rival", "C <b>Madaya</b>", "three, by title, id and part of an id"),
]


@pytest.mark.parametrize(("address", "holds", "why"), CHOICES, ids=[row[2] for row in CHOICES])
async def test_what_is_compared_is_made_clear(served, address, holds, why):
    assert holds in words(await page(served, address)), why


@pytest.mark.parametrize(
    ("address", "status", "error"),
    [
        ("/compare.json", 400, "at least two"),
        ("/compare.json?a=winter", 400, "at least two"),
        ("/compare.json?a=winter&b=madaya", 404, "which statement"),
        ("/compare.json?a=winter&b=nowhere", 404, "which statement"),
        ("/timeline.json?place=Atlantis&condition=trapped", 404, "no such place"),
        ("/timeline.json?place=Madaya&condition=nonsense", 404, "no such place or condition"),
    ],
)
async def test_errors_of_json_say_what_is_wanted(served, address, status, error):
    response = await served.client.get(address)
    assert response.status_code == status
    assert error in response.json()["error"]


async def test_tracks_of_figures_and_of_demands(served):
    figures = words(await page(served, "/tracks"))
    assert "Madaya: people trapped 1 of 3 illustrative Syria 30,500 to 42,310 people 3 1 3 2016-02-01 to" in figures
    demands = words(await page(served, "/tracks?layer=demands"))
    assert "Russia: end siege" in demands
    assert "3 3 2016-02-01 to 2016-08-01" in demands, "times made, statements, first to last"


FILTERS = [
    ("q=Syria", True), ("q=Madaya", True), ("q=Yemen", False), ("condition=trapped", True), ("condition=killed", False),
    ("conflicts=1", True), ("q=%27%22%25", False), ("layer=demands&theme=end_siege", True),
    ("layer=demands&theme=arms", False),
]  # fmt: skip


@pytest.mark.parametrize(("query", "found"), FILTERS)
async def test_filters_of_tracks(served, query, found):
    shown = words(await page(served, f"/tracks?{query}"))
    assert ("1 track" in shown) is found
    assert ("No track is so" in shown) is not found


async def test_one_track_of_figures(served, linked_path):
    shown = await page(served, f"/track/{track_id(linked_path, 'figures')}")
    read = words(shown)
    assert "30,500 to 42,310 people, 2016-02-01 to 2016-08-01" in read
    assert "Statements conflict 1 time: “42,310 people” and “30,500 people”" in read
    assert "Bridge & Shore" in read, "who said it"
    assert "a new value 6 months later" in read, "why it belongs there"
    chart = ElementTree.fromstring(re.search(r'<svg class="chart track".*?</svg>', shown, re.DOTALL)[0])
    assert len(chart.findall(".//circle")) == 1, "a circle for the figure without conflict"
    assert len(chart.findall(".//rect")) == 2, "squares for those that conflict"
    assert shown.index("<svg") < shown.index("42,310 people</a>"), "the table stands under the chart"


async def test_one_track_of_demands(served, linked_path):
    read = words(await page(served, f"/track/{track_id(linked_path, 'demands')}"))
    assert "Made 3 times in 3 statements: first 2016-02-01, last 2016-08-01" in read
    assert "Of whom Russia" in read
    assert "By whom Harbour Aid; Bridge & Shore" in read


async def test_a_track_as_json_and_one_that_is_not_there(served, linked_path):
    found = (await served.client.get(f"/track/{track_id(linked_path, 'figures')}.json")).json()
    assert [row["figure"] for row in found["rows"]] == ["42,310 people", "30,500 people", "38,000 people"]
    assert "No track" in await page(served, "/track/1", 404)
    assert "No track" in await page(served, "/track/abc", 404)


async def test_the_timeline_of_a_place(served):
    shown = words(await page(served, "/timeline?place=Madaya"))
    assert "Madaya: trapped" in shown, "the condition with most figures, if none is asked for"
    assert "3 figures" in shown
    assert "Nearest names" in words(await page(served, "/timeline?place=Madayya"))
    assert "Syria: no figures" in words(await page(served, "/timeline?place=Syria"))
    rows = (await served.client.get("/timeline.json?place=Madaya&condition=trapped")).json()
    written = await served.client.get("/timeline.csv?place=geonames:167544&condition=trapped&linked=1")
    assert "text/csv" in written.headers["content-type"]
    assert [row["figure"] for row in csv.DictReader(io.StringIO(written.text))] == [row["figure"] for row in rows]


async def test_a_statement_says_what_others_say_of_the_same(served):
    winter, summer = await page(served, "/statement/winter"), words(await page(served, "/statement/summer"))
    read = words(winter)
    assert "“42,310 people” Conflicts with a later “30,500 people”" in read
    assert "Later updated to “38,000 people” 2016-08-01 · Madaya in summer" in read
    assert "Why: same place, trapped, people: a new value 6 months later" in read
    assert "Said again later “The road to Madaya has been closed since January”" in read
    assert "Updates an earlier “42,310 people”" in summer
    assert "Was demanded before “Russia must lift the siege of Madaya.”" in summer
    figure = re.search(r'id="l-(\d+)"><a class="quote"[^>]*>“42,310', winter)[1]
    assert f'href="#l-{figure}">in 2 other statements' in winter, "the record leads to its links"
    assert "compare?a=winter&amp;b=rival/of%20%3Cwinter%3E" in winter


async def test_places_parties_and_organisations_lead_on(served):
    place, party = words(await page(served, "/place/geonames~3A167544")), words(await page(served, "/party/russia"))
    assert "Figures followed through time 1 Madaya: people trapped" in place
    assert "Timeline of Madaya itself" in place
    assert "Asked again and again 1 Russia: end siege" in party
    organisation = words(await page(served, "/organisation/lantern-relief"))
    counted = "With the number of statements that both signed. Bridge & Shore 2 Harbour Aid 1"
    assert f"Signs together with {counted}" in organisation


async def test_an_organisation_page_says_what_people_judged(tmp_path):
    with Database(tracked.make(tmp_path / "statements.db")) as database:
        merge_organisations(database, ["harbour-aid", "bridge-shore"], reviewer="ada", note="<one> office")
    datasette = application(tmp_path / "statements.db")
    await datasette.invoke_startup()
    shown = words(await page(datasette, "/organisation/bridge-shore"))
    assert re.search(
        r"ada judged on 20\d\d-\d\d-\d\d that Bridge & Shore and Harbour Aid are the same: <one> office", shown
    )


async def test_tables_lead_to_tracks(served):
    for view in ("figure_tracks", "demand_tracks"):
        shown = await page(served, f"/statements/{view}")
        assert re.search(r'<a href="/track/\d+">', shown), view
        assert "Harbour Aid" in shown, "by whom"


async def test_nothing_that_a_statement_holds_becomes_markup(served):
    for address in (f"/compare?{PAIR}", "/compare", "/statement/summer", "/timeline?place=Madaya", "/tracks"):
        assert "<b>Madaya</b>" not in await page(served, address), address
    assert "<script>" not in await page(served, "/compare?a=%3Cscript%3E&b=%3Cscript%3Ealert(1)")


async def test_an_empty_database_says_what_to_do(tmp_path):
    with Database(tmp_path / "statements.db"):
        pass
    datasette = application(tmp_path / "statements.db")
    await datasette.invoke_startup()
    for address, holds in (
        ("/tracks", "statement-nlp link"),
        ("/compare", "Which statements?"),
        ("/timeline", "Place"),
    ):
        assert holds in await page(datasette, address)


def point(day, low, high, **more):
    given = {"id": 1, "day": day, "low": low, "high": high, "figure": "f", "statement": "s", "statement_kind": "own"}
    return given | {"conflicts": None} | more


CHARTS = [
    ([point("2016-01-01", 1, 1)], None, "one figure is no chart"),
    ([point(None, 1, 1), point("2016-01-01", 1, 1)], None, "nor are two of which one has no day"),
    ([point("2016-01-01", 0, 0), point("2016-01-01", 0, 0)], {"circle": 2}, "zero, on one day"),
    ([point("2016-01-01", 10, None), point("2017", None, 90)], {"circle": 2, "path": 2}, "open bounds are arrows"),
    ([point("2016-01-01", 10, 20), point("2016-02-01", 5, 5)], {"circle": 2, "line": 6}, "a range is a line"),
    ([point("2016-01-01", 10, 10), point("2016-02-01", 4e6, 4e6)], {"circle": 2}, "far apart: logarithmic"),
    ([point("2016-01-01", 0.2, 0.2), point("2016-02-01", 0.8, 0.8)], {"circle": 2}, "shares"),
]


@pytest.mark.parametrize(("rows", "marks", "why"), CHARTS, ids=[row[2] for row in CHARTS])
def test_charts_of_a_track(rows, marks, why):
    chart = track_chart.draw(rows, "a <title>")
    if marks is None:
        assert chart is None, why
        return
    drawn = ElementTree.fromstring(str(chart.svg))
    for name, count in marks.items():
        assert len(drawn.findall(f".//{name}")) == count, (why, name)
    across = [float(circle.get("cx")) for circle in drawn.findall(".//circle")]
    down = [float(circle.get("cy")) for circle in drawn.findall(".//circle")]
    assert all(0 <= x <= track_chart.WIDTH for x in across)
    assert all(0 <= y <= track_chart.HEIGHT for y in down)


async def test_a_timeline_of_a_time(served):
    at = "/timeline{}?place=Madaya&condition=trapped"
    text = await page(served, at.format("") + "&since=2016-06&until=2016")
    assert "38,000 people" in text
    assert "42,310 people" not in text
    assert 'since=2016&amp;until=2016">2016 <span class="number">3</span>' in text
    rows = (await served.client.get(at.format(".json") + "&until=2016-05")).json()
    assert [row["statement_id"] for row in rows] == ["winter", "rival/of <winter>"]
    assert "is no date: give 2016" in await page(served, at.format("") + "&since=soon", 400)
    assert (await served.client.get(at.format(".csv") + "&since=soon")).status_code == 400
