"""The home page, what its search box suggests, and the map's filters."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.publish import asked

from statement_nlp.publish import about_page, charts, suggest
from statement_nlp.publish.names import Names
from statement_nlp.publish.server import application
from statement_nlp.publish.suggest import beginnings, holds, matching
from statement_nlp.records import Claim, Extraction, Party, PartyMention, Statement
from statement_nlp.store.database import Database, Run


def known(*names: str) -> Names:
    return Names(tuple({"id": n, "name": n, "entry": n} for n in names), tuple(n.lower() for n in names))


@pytest.mark.parametrize(
    ("words", "found", "why"),
    [
        ("alep", ["Aleppo", "Aleppo city"], "a beginning"),
        ("ghouta", ["Eastern Ghouta"], "the beginning of a later word"),
        ("aleppo", ["Aleppo", "Aleppo city"], "the name itself first"),
        ("Allepo", ["Aleppo"], "a slip"),
        ("hom", ["Homs"], "too short for slips, long enough for a beginning"),
        ("hox", [], "no slip is guessed from three letters"),
        ("...", [], "no word at all"),
        ("Geneva", [], "nothing is like it"),
    ],
)
def test_names_that_words_may_mean(words, found, why):
    names = known("Aleppo", "Aleppo city", "Eastern Ghouta", "Homs")
    assert [row["name"] for row in matching(names, words, 4)] == found, why


def test_no_more_names_than_asked_for_and_each_entry_once():
    names = Names(({"id": 1, "name": "Syria", "entry": "Syria"},) * 3, ("syria", "syrian", "syrian arab republic"))
    assert len(matching(names, "syr", 4)) == 1
    assert len(matching(known("aa", "ab", "ac"), "a", 2)) == 2


@given(st.text(max_size=40))
def test_whatever_is_typed_is_a_query_of_quoted_words(words):
    for query in beginnings(words):
        assert query.endswith("*")
        assert query.count('"') % 2 == 0
        assert query.startswith('"')


def test_an_unfinished_word_is_shortened_to_where_its_stem_may_be():
    assert beginnings("the meningit")[:2] == ['"the" "meningit"*', '"the" "meningi"*']
    assert beginnings("to") == []
    assert beginnings("the road to")[0] == '"the" "road"*'
    assert holds("an outbreak of meningitis", "outbr mening")
    assert not holds("an outbreak of mending", "mening")


async def suggested(datasette, words: str, more: str = "") -> list[dict]:
    answer = await datasette.client.get(f"/suggest.json?q={words}{more}")
    assert answer.status_code == 200
    return answer.json()["suggestions"]


@pytest.mark.parametrize(
    ("words", "kind", "label", "why"),
    [
        ("Madayya", "place", "Madaya", "typos are forgiven"),
        ("russ", "party", "Russia", "parties"),
        ("Lantern", "organisation", "Lantern Relief", "organisations"),
        ("let+the+doc", "statement", "Madaya: let the doctors in", "statements by title"),
        ("meningit", "claim", "There has been an outbreak of meningitis", "claims, whatever the stem"),
        ("open+the+ro", "demand", "Russia must open the road to Madaya.", "demands"),
    ],
)
async def test_suggestions_lead_to_pages(datasette, words, kind, label, why):
    found = [one for one in await suggested(datasette, words) if one["kind"] == kind]
    assert found, why
    assert found[0]["label"] == label
    assert (await datasette.client.get(found[0]["href"].partition("#")[0])).status_code == 200


async def test_suggestions_say_what_is_illustrative(datasette):
    found = await suggested(datasette, "let+the+doctors")
    assert {one["illustrative"] for one in found if one["kind"] == "statement"} == {True, False}


@pytest.mark.parametrize("words", ["", "M", "%22", "%00%00", "%28%2A", "AND", "x" * 5000])
async def test_nothing_is_suggested_for_what_is_no_word(datasette, words):
    assert await suggested(datasette, words) == []


async def test_a_field_of_places_gets_places_alone(datasette):
    assert {one["kind"] for one in await suggested(datasette, "Madaya", "&only=place")} == {"place"}


async def points(datasette, query: str) -> dict[str, tuple[int, int]]:
    answer = await datasette.client.get(f"/map.geojson{query}")
    return {
        f["properties"]["name"]: (f["properties"]["claims"], f["properties"]["demands"])
        for f in answer.json()["features"]
    }


@pytest.mark.parametrize(
    ("query", "counts", "why"),
    [
        ("", {"Syria": (6, 3), "Rural Damascus": (6, 3), "Madaya": (6, 3)}, "each with what lies inside it"),
        ("?condition=trapped", {"Syria": (3, 3), "Rural Damascus": (3, 3), "Madaya": (3, 3)}, "claims with figures"),
        ("?since=2016-01&until=2016", {"Syria": (6, 3), "Rural Damascus": (6, 3), "Madaya": (6, 3)}, "dates in part"),
        ("?until=2015", {}, "nothing happened before"),
        ("?theme=humanitarian_access", {"Syria": (6, 3), "Rural Damascus": (6, 3), "Madaya": (6, 3)}, "demands"),
        ("?theme=humanitarian_access&until=2015", {}, "none was made then"),
        ("?theme=funding", {}, "nobody asked for money"),
        ("?condition=killed&theme=humanitarian_access", {}, "both are asked for"),
    ],
)
async def test_the_map_is_narrowed_by_time_condition_and_theme(datasette, query, counts, why):
    assert await points(datasette, query) == counts, why
    text = (await datasette.client.get(f"/map{query}")).text
    assert all(f">{name}</a>" in text for name in counts), "the list says the same"


async def test_a_date_that_is_none_is_said_and_left_out(datasette):
    assert (await datasette.client.get("/map.geojson?since=soon")).status_code == 400
    text = (await datasette.client.get("/map?since=soon")).text
    assert "“soon” is no date" in text
    assert ">Madaya</a>" in text


async def test_the_map_knows_what_lies_inside_what(datasette):
    features = json.loads((await datasette.client.get("/map.geojson")).text)["features"]
    within = {f["properties"]["name"]: f["properties"]["within"] for f in features}
    assert within == {
        "Syria": [],
        "Rural Damascus": ["geonames:163843"],
        "Madaya": ["geonames:163843", "geonames:170652"],
    }


def test_months_are_bars_and_illustrative_ones_pale():
    chart = charts.by_month(
        [
            {"month": "2015", "n": 9, "illustrative": 0},
            {"month": "2015-12", "n": 4, "illustrative": 1},
            {"month": "2016-02", "n": 2, "illustrative": 0},
        ]
    )
    assert chart is not None
    assert chart.title == "Statements a month, 2015-12 to 2016-02"
    assert chart.svg.count("<title>") == 2, "a bare year is no month"
    assert "<title>2015-12: 4, 1 illustrative</title>" in chart.svg
    assert charts.by_month([{"month": "2016-02", "n": 2, "illustrative": 0}]) is None


def test_ranked_bars_lead_to_their_pages_and_nothing_becomes_markup():
    chart = charts.ranked([("<b>one</b>", "/party/one", 1000), ("two " * 20, "/party/two", 10)], "Demands")
    assert chart is not None
    assert "&lt;b&gt;one&lt;/b&gt;: 1000" in chart.svg
    assert "<b>" not in chart.svg
    assert 'href="/party/two"' in chart.svg
    assert "1,000</text>" in chart.svg
    assert charts.ranked([("one", "/", 1)], "Demands") is None


def test_every_kind_of_suggestion_has_its_page():
    assert set(suggest.NAMED) == {"place", "party", "organisation"}
    assert set(suggest.TEXTS) == {"statement", "claim", "demand"}


@pytest.mark.parametrize(
    ("address", "holds", "why"),
    [
        ("/themes", 'href="/theme/humanitarian_access"', "themes lead to their pages"),
        ("/theme/humanitarian_access", 'href="/party/russia?theme=humanitarian_access#theme"', "by addressee"),
        ("/theme/humanitarian_access", 'href="/place/geonames~3A167544#demands"', "by place"),
        ("/theme/humanitarian_access", ">2016-01</td>", "by month"),
        ("/theme/funding", "Nothing here is demanded on this theme", "a theme of which nobody speaks"),
        ("/party/russia", "?theme=humanitarian_access#theme", "a party's demands by theme"),
        ("/party/russia?theme=humanitarian_access", "On humanitarian access", "those on one theme"),
        ("/party/russia?theme=funding", "No demand on this theme", "and none on another"),
        ("/place/geonames~3A167544", '"/place/geonames~3A163843">Syria</a></li><li><a href="/place', "crumbs"),
        ("/place/geonames~3A163843", '<span class="number">6</span>', "children with their claims"),
        ("/statement/madaya-2016", 'class="records in-order"', "records in the order of the text"),
    ],
)  # fmt: skip
async def test_pages_of_themes_parties_and_places(datasette, address, holds, why):
    answer = await datasette.client.get(address)
    assert answer.status_code == 200
    assert holds in answer.text, why


async def test_a_theme_that_is_none_names_those_that_are(datasette):
    answer = await datasette.client.get("/theme/weather")
    assert answer.status_code == 404
    assert "humanitarian access" in answer.text


async def test_claims_that_name_a_party_are_told_by_where_its_name_stands(tmp_path, statement):
    text = "In Madaya, Syria, Russia bombed a school. Russia closed the road."
    first, second = "Russia bombed a school", "In Madaya, Syria"
    claims = [
        Claim(text.index(quote), text.index(quote) + len(quote), quote, "asserted", None, ("Madaya",), confidence=0.9)
        for quote in (first, second)
    ]
    parties = [
        PartyMention(at, at + 6, "Russia", Party("Russia", "state", "RU", True), 0.9, "rule:register@1")
        for at in (text.index("Russia"), text.rindex("Russia"))
    ]
    with Database(tmp_path / "named.db") as database:
        database.save(Extraction(Statement("one", text), (), (), tuple(parties), (), (), tuple(claims)), Run("test"))
    served = application(tmp_path / "named.db")
    await served.invoke_startup()
    page = (await served.client.get("/party/russia")).text
    said = page[page.index('id="said"') :]
    assert "Who does what in a claim is not stored" in said
    assert said.index("begin with its name") < said.index(first)
    assert second not in said, "a claim that does not name it"


def test_the_page_about_has_the_figures_of_the_evaluation():
    found = about_page.accuracy()
    assert found is not None
    assert [score.meaning for score in found.scores] == list(about_page.MEANINGS.values()), "each row is there"
    assert "cross-validated" in found.how
    assert all(0 < score.f1 <= 1 for score in found.scores)


def test_a_report_is_read_as_it_is_written():
    score = {"a": about_page.Score("claims, by their words", 0.8, 0.5, 0.615, None)}
    text = "# x\n\n## Scores: on unseen texts\n\n| layer | new (7) P | R | F1 | baseline F1 |\n| --- |\n"
    text += "| claims | 0.800 | 0.500 | **0.615** |  |\n\n## Rules\n| claims | 0.1 | 0.1 | **0.1** | 0.1 |\n"
    assert about_page.read_accuracy(text) == about_page.Accuracy("on unseen texts", "new (7)", (score["a"],))


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("/search?q=menningitis", 'No text holds “menningitis”. These hold <a href="/search?q=meningitis">'),
        ("/search?q=menningitis", "outbreak of <mark>meningitis</mark>"),
        ("/search?q=besiegd+menningitis", ">besieged meningitis</a>"),
        ("/ask?words=menningitis&place=Madaya", 'words=meningitis">meningitis</a>?'),
        ("/suggest.json?q=menningitis", "/search?q=meningitis"),
    ],
)
async def test_a_slip_in_a_word_is_forgiven(datasette, address, holds):
    assert holds in (await datasette.client.get(address)).text


async def test_each_chart_of_a_place_and_of_a_party_has_its_table(tmp_path):
    file = tmp_path / "statements.db"
    asked.make(file)
    served = application(file)
    place = (await served.client.get("/place/geonames~3A170063")).text
    chart = place.split("<figcaption>People and things trapped, by date")[1].split("</figure>")[0]
    marks, rows = chart.count("<circle"), chart.split("<tbody>")[1].count("<tr>")
    assert marks == rows > 1
    party = (await served.client.get("/party/donors")).text
    chart = party.split("<figcaption>Demands a year")[1].split("</figure>")[0]
    assert [cell.split("</td>")[0] for cell in chart.split("<tr><td>")[1:]] == ["2024", "2025"]
