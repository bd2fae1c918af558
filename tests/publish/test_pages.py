"""Every page, every table and every question opens, says what it should, and cannot be made to say anything else."""

import html
import json
import re
import sqlite3
from functools import partial
from xml.etree import ElementTree

import pytest
from datasette.utils import tilde_encode
from tests.publish import opened

from statement_nlp.publish.server import METADATA_DATABASE, application, read_metadata
from statement_nlp.reading.sources import read
from statement_nlp.store.database import Database, Run

METADATA = read_metadata()
page = partial(opened.page, follow=True)
OF_STATEMENTS = {"statement_id", "a_statement_id", "claim_id", "figure_id", "demand_id"}
QUERIES = METADATA["databases"][METADATA_DATABASE]["queries"]
PARAMETERS = {
    "place": "Rural Damascus", "condition": "", "addressee": "Russia", "theme": "", "words": "Madaya", "status": "",
    "since": "", "until": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("address", "holds", "why"),
    [
        ("/", "Newest statements", "home leads with the statements"),
        ("/", "This is a demonstration", "the demonstration says that it is one"),
        ("/", "The text states 3 signatories but lists 2", "a difference is a finding, not hidden"),
        ("/statement/madaya-2016", "Some 40,000 people", "the text"),
        ("/statement/madaya-2016", "40,000</b> people", "figures with separators"),
        ("/statement/madaya-2016", "by the rule figures, version 1, by: besieged. Confidence 90%", "what found it"),
        ("/statement/madaya-2016", "states 3", "stated and listed"),
        ("/statement/fr-1", "Nothing was extracted: language fr", "a language that is not read says so"),
        ("/place/geonames~3A170652", "outbreak of meningitis", "a region shows what lies inside it"),
        ("/place/geonames~3A170652", "Inside it", "and names it"),
        ("/party/russia", "open the road", "a party shows what is asked of it"),
        ("/organisation/lantern-relief", "Bridge &amp; Shore", "an organisation shows with whom it signs"),
        ("/places?q=Maday", "Madaya", "part of a name finds it"),
        ("/places?q=Madayya", "Nearest names", "a name that nobody has leads to the nearest"),
        ("/parties?q=Rusia", "Russia", "also for parties"),
        ("/search?q=meningitis", "<mark>meningitis</mark>", "search marks the words"),
        ('/search?q="(*', "None holds", "punctuation is no syntax"),
        ("/map", "take no position on borders", "whose borders"),
        ("/about", "CC BY 4.0", "licences"),
        ("/statements", "Questions", "questions before SQL"),
        ("/statements/claims_by_place?_search=meningitis", "outbreak of meningitis", "a view can be searched"),
        ("/statements/statements?_search=meningitis", "let the doctors in", "by the number that the index knows"),
        ("/statements/claims", '</a> <span class="kind illustrative">', "a table says it beside each title"),
        ("/statements?sql=select+statement_id,quote+from+claims", '<span class="kind illustrative">', "own SQL too"),
        ("/statements/places/geonames~3A167544", '<a href="/place/geonames~3A167544">open its page</a>', "row to page"),
        ("/statements/claims_in_place", "Fill in what you look for", "an empty question is not an empty answer"),
        ("/statements/demands_to_addressee?theme=humanitarian+acess", ">humanitarian access</a>", "the nearest theme"),
        ("/statements/claims_in_place?place=Syria&until=2016", ">2016-12-31</a>", "a year is no day"),
        ("/statements/demands_to_addressee?addressee=Rusia", ">Russia</a> (state)", "the nearest party"),
        ("/place/geonames~3A167544", 'class="kind illustrative"', "kind beside each claim of a place"),
        ("/statements/organisations_overview", ">Lantern Relief</a></td>", "an original statement names it"),
        ("/organisation/lantern-relief", 'class="kind original"', "and beside what was signed"),
        ("/map.geojson", '"illustrative": 1', "the map knows, too"),
        ("/feed.atom", "[illustrative] Madaya", "and the feed"),
        ("/statements/claims_by_place", "illustrative", "a view says what kind of statement"),
        ("/statements/claims_in_place?place=Rural+Damascus", "outbreak of meningitis", "everything inside"),
        ("/statements/claims_in_place?place=Madayya", ">Madaya</a> (city, Syria)", "the question names the nearest"),
    ],
)  # fmt: skip
async def test_page_says(datasette, address, holds, why):
    assert holds in await page(datasette, address), why


async def test_every_table_view_and_row_opens(datasette, path):
    with sqlite3.connect(path) as connection:
        listed = connection.execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    assert len(listed) > 40
    for name, kind in listed:
        if "_fts" in name or name.startswith("_"):
            await page(datasette, f"/statements/{name}", 403)  # texts without their kind, for nobody to browse
            continue
        await page(datasette, f"/statements/{name}")
        rows = json.loads(await page(datasette, f"/statements/{name}.json?_shape=objects&_size=1"))["rows"]
        if kind == "table" and rows:
            text = await page(datasette, f"/statements/{name}?_size=1")
            link = re.search(rf'href="(/statements/{name}/[^"?]+)"', text)
            assert link, f"no row link in {name}"
            shown = await page(datasette, link.group(1))
            if OF_STATEMENTS & rows[0].keys():
                assert 'class="kind ' in shown.split("<h1>")[1], f"{name}: of which kind of statement?"


@pytest.mark.parametrize("name", QUERIES)
async def test_every_question_answers(datasette, name):
    wanted = QUERIES[name].get("params") or re.findall(r":(\w+)", QUERIES[name]["sql"])
    address = f"/statements/{name}?" + "&".join(f"{p}={PARAMETERS[p].replace(' ', '+')}" for p in sorted(set(wanted)))
    text = await page(datasette, address)
    assert QUERIES[name]["title"].replace("'", "&#39;") in text
    rows = json.loads(await page(datasette, address.replace(f"/{name}", f"/{name}.json") + "&_shape=objects"))["rows"]
    if name != "contradictions":  # nothing is linked here
        assert rows, f"{name} finds nothing in a database made to have it"
        assert "statement_kind" in rows[0] or "a_statement_kind" in rows[0], "an answer says what kind of statement"


def test_metadata_describes_the_whole_schema_and_nothing_else(path):
    described = METADATA["databases"][METADATA_DATABASE]["tables"]
    with sqlite3.connect(path) as connection:
        names = {
            row[0]
            for row in connection.execute(
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
            )
        }
        columns = {name: {row[1] for row in connection.execute(f'PRAGMA table_xinfo("{name}")')} for name in names}
    assert described.keys() == names
    for name in names:
        if "_fts" in name or name.startswith("_"):
            assert described[name]["hidden"], f"{name} is plumbing"
            continue
        assert described[name]["columns"].keys() == columns[name], name
        assert all(described[name]["columns"].values()), name
        assert all(described[name].get(key) for key in ("description", "license", "source", "about")), name
        assert "units" not in described[name], "a unit that pint does not know breaks the page"
        for key in ("sort", "sort_desc", "label_column"):
            assert described[name].get(key) is None or described[name][key] in columns[name], f"{name}: {key}"
        assert set(described[name].get("facets", [])) <= columns[name], name


async def test_nothing_in_a_statement_becomes_markup(datasette):
    for address in ("/statement/madaya-2016", "/search?q=script", "/statement/hostile", "/search?q=ampersands"):
        text = await page(datasette, address)
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "<b>bold</b>" not in text
    assert "&lt;script&gt;" in await page(datasette, "/statement/madaya-2016")


async def test_only_web_addresses_become_links(datasette):
    odd = await page(datasette, "/statement/" + tilde_encode("https://relief.example/a?b=1&c=<d>"))
    assert "javascript:alert" not in odd
    assert 'href="https://safe.example/"' in await page(datasette, "/statement/hostile")


async def test_an_id_that_is_a_path_has_a_page(datasette):
    text = await page(datasette, "/statement/" + tilde_encode("notes/Madaya, later.txt"))
    assert "evidence of nothing" in text, "an illustrative statement says so on its page"


async def test_highlights_lead_to_records_and_back(datasette):
    text = await page(datasette, "/statement/madaya-2016")
    there = set(re.findall(r'href="#r-(\d+)"', text))
    back = set(re.findall(r'href="#at-(\d+)"', text))
    assert there == back == set(re.findall(r'id="r-(\d+)"', text)) == set(re.findall(r'id="at-(\d+)"', text))
    assert len(there) == 7


@pytest.mark.parametrize("address", ["/", "/statement/madaya-2016", "/statements/claims", "/map", "/nowhere"])
async def test_a_policy_keeps_requests_at_home(datasette, address):
    response = await datasette.client.get(address)
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert not re.findall(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//', response.text)


@pytest.mark.parametrize("address", ["/statement/none", "/place/none", "/party/none", "/organisation/none"])
async def test_what_is_not_there_is_a_404(datasette, address):
    assert "No " in await page(datasette, address, 404)


@pytest.mark.parametrize("address", ["/nowhere", "/statement/none", "/statements/none", "/statements/claims/0"])
async def test_a_missed_page_says_that_this_is_a_demonstration(datasette, address):
    text = await page(datasette, address, 404)
    assert "This is a demonstration" in text
    assert "statement-nlp.css" in text
    assert "Search instead" in text
    missed = await datasette.client.get(f"{address}.json")
    assert missed.status_code == 404
    assert missed.json()["ok"] is False


async def test_a_form_without_a_session_is_refused(datasette):
    response = await datasette.client.post("/search", data={"q": "x"})
    assert response.status_code == 403
    assert "session" in response.text


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/statement/madaya-2016",
        "/statements",
        "/statements/claims_by_place",
        "/map",
        "/statements/claims_in_place",
        "/statements?sql=select+1",
        "/statements/claims?_plumbing=1",
    ],
)
async def test_no_page_carries_an_inline_script(datasette, address):
    assert not re.findall(r"<script(?![^>]*src=)[^>]*>", await page(datasette, address))


async def test_columns_that_hold_things_together_wait_until_asked_for(datasette):
    for address in ("/statements/claims_by_place", "/statements/claims_in_place?place=Syria"):
        plain, whole = await page(datasette, address), None
        link = re.search(r'href="([^"]+)">all columns</a>', plain)
        assert link, address
        whole = await page(datasette, link.group(1).replace("&amp;", "&"))
        assert 'class="col-statement_id"' not in plain
        assert 'class="col-statement_id"' in whole
        assert 'class="col-claim_id"' in plain, "the record, as a link"


async def test_the_feed_is_well_formed(datasette):
    root = ElementTree.fromstring(await page(datasette, "/feed.atom"))
    entries = root.findall("{http://www.w3.org/2005/Atom}entry")
    assert len(entries) == 5
    assert all(entry.find("{http://www.w3.org/2005/Atom}link").get("href").startswith("http") for entry in entries)


async def test_an_organisation_known_only_from_illustrative_texts_says_so(tmp_path, statement):
    with Database(tmp_path / "statements.db") as database:
        database.save(statement(kind="illustrative"), Run(pipeline="test"))
    served = application(tmp_path / "statements.db")
    await served.invoke_startup()
    assert "known only from" in await page(served, "/organisation/lantern-relief")
    for address in ("/statements/organisations_overview", "/statements/organisations"):
        assert 'Lantern Relief</a> <span class="kind illustrative">' in await page(served, address)
    assert "This is a demonstration" not in await page(served, "/")
    assert "evidence of nothing" in await page(served, "/statements/organisations_overview")


async def test_an_empty_database_says_what_to_do_next(tmp_path):
    with Database(tmp_path / "mine.db"):
        pass
    served = application(tmp_path / "mine.db")
    await served.invoke_startup()
    text = await page(served, "/")
    assert "statement-nlp extract my-statements/ --db mine.db" in text
    assert "This is a demonstration" not in text
    header = html.unescape(re.findall(r'<pre class="command">(.*?)</pre>', text, re.DOTALL)[1])
    (tmp_path / "first.txt").write_text(header + "\nSome 40,000 people wait.\n")
    (read_back,) = read([tmp_path / "first.txt"])
    assert (read_back.title, read_back.published) == ("Aleppo: let aid through", "2016-09-12"), "its example is right"
    assert "Questions" in await page(served, "/mine"), "the metadata follows the file's name"
    for address in ("/places", "/parties", "/map", "/search?q=x", "/about"):
        await page(served, address)
