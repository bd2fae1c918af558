"""The page that asks without SQL: what it understood, what it found, the same as files, and what to loosen."""

import csv
import io
import json
from xml.etree import ElementTree

import pytest
from tests.publish import asked
from tests.publish.opened import page

from statement_nlp.publish import ask_pages
from statement_nlp.publish.server import application
from statement_nlp.records import Extraction, Statement
from statement_nlp.store.database import Database, Run

RURAL, MADAYA = "geonames:170652", "geonames:167544"
FORMS = ("csv", "hxl.csv", "json", "geojson", "atom")


@pytest.mark.parametrize(
    ("address", "holds", "why"),
    [
        ("/ask", "Fill in what you look for", "an empty question is not an empty answer"),
        ("/ask?place=Rural+Damascus", "outbreak of meningitis", "everything inside"),
        ("/ask?place=Rural+Damascus", "<strong>Rural Damascus</strong> (region, Syria), with everything", "so"),
        ("/ask?place=Madayya", ">Madaya</a> (city, Syria)", "a misspelt name leads to the nearest"),
        ("/ask?place=Zzz", "No name is near it", "or to the list of places"),
        ("/ask?place=Madaya&within=30", "Within 30 km of Madaya (33.689, 36.099)", "how a distance was understood"),
        ("/ask?at=33.7,36.1&within=5", '<a href="/place/geonames~3A167544">Madaya</a> (1 km)', "a point of the map"),
        ("/ask?at=33.7,36.1", "Within 50 km of the point", "with a distance of its own"),
        ("/ask?place=Madaya&at=1,1", "the name counts", "what excludes each other is told"),
        ("/ask", 'id="at" name="at" value=""', "a point can be typed where no script runs"),
        ("/ask?place=geonames:167544", 'name="place" value="Madaya"', "an id that was chosen shows as a name"),
        ("/ask?addressee=russia&what=demands", 'name="addressee" value="Russia"', "so"),
        ("/ask?publisher=lantern-relief", 'name="publisher" value="Lantern Relief"', "so"),
        ("/ask?place=Madaya&what=figures", "40,000", "figures"),
        ("/ask?what=demands&addressee=Rusia", ">Russia</a> (state)", "nearest party"),
        ("/ask?what=demands&addressee=Russia", 'class="quote fact"', "demands"),
        ("/ask?what=demands&publisher=Lantern+Relief", "Publisher: <strong>Lantern Relief</strong>", "publisher"),
        ("/ask?what=demands&signatory=lantern", ">Lantern Relief</a>", "nearest signatory"),
        ("/ask?what=demands&status=reported&place=Madaya", "Demands have no status", "what does not fit is told"),
        ("/ask?what=statements&place=Madaya&kind=illustrative", 'class="kind illustrative"', "kinds"),
        ("/ask?what=statements&place=Madaya&kind=illustrative", "<strong>1</strong> statement,", "one of them"),
        ("/ask?place=Madaya&condition=funding", "without condition “funding”</a>: 6 claims", "what to loosen"),
        ("/ask?place=Madaya", '<a rel="next"', None),
        ("/ask?words=%22(*", "No claim here answers", "punctuation is no syntax"),
        ("/ask?place=Madaya", "Run it in the SQL editor", "the SQL is one click away"),
        ("/ask?what=figures&statement=madaya-2016", "In one statement alone", "one statement"),
    ],
)  # fmt: skip
async def test_page_says(datasette, address, holds, why):
    text = await page(datasette, address)
    assert (holds in text) is (why is not None), why


@pytest.mark.parametrize(
    ("address", "holds"),
    [
        ("/ask?within=5", "Within how many km of what?"),
        ("/ask?place=Madaya&within=far", "“far” is not a distance"),
        ("/ask?place=Madaya&within=99999", "at most 2,000 km"),
        ("/ask?at=north&within=5", "is not a point"),
        ("/ask?at=100,1&within=5", "no point on earth"),
        ("/ask?since=yesterday", "no day, month or year"),
        ("/ask?condition=hungry", "is no condition: choose among killed"),
        ("/ask?what=places", "is no what"),
    ],
)
async def test_what_cannot_be_understood_says_so(datasette, address, holds):
    assert holds in await page(datasette, address, 400)
    answer = await datasette.client.get(address.replace("/ask?", "/ask.json?"))
    assert answer.status_code == 400
    assert not answer.json()["ok"]


async def test_the_sql_is_that_of_the_answer_and_only_for_who_may(datasette, path):
    text = await page(datasette, "/ask?place=Madaya&within=30&words=people")
    link = text.split('href="/statements?sql=')[1].split('"')[0].replace("&amp;", "&")
    rows = (await datasette.client.get(f"/statements.json?sql={link}&_shape=objects")).json()["rows"]
    answer = (await datasette.client.get("/ask.json?place=Madaya&within=30&words=people")).json()
    assert [row["claim_id"] for row in rows] == [row["claim_id"] for row in answer]
    assert rows
    closed = application(path, settings={"default_allow_sql": False})
    await closed.invoke_startup()
    text = await page(closed, "/ask?place=Madaya")
    assert "SQL editor" not in text
    assert "outbreak of meningitis" in text, "the question itself needs no right to SQL"


@pytest.mark.parametrize("what", ["claims", "figures", "demands", "statements"])
async def test_the_same_answer_in_every_form(datasette, what):
    asked = f"what={what}&place=Rural+Damascus"
    form = {}
    for name in FORMS:
        answer = await datasette.client.get(f"/ask.{name}?{asked}")
        assert answer.status_code == 200, answer.text[:300]
        assert answer.headers["content-type"] == ask_pages.FORMS[name][0]
        form[name] = answer.text
        if name != "atom":
            stem = f"{what}-rural-damascus{'-hxl' if name == 'hxl.csv' else ''}"
            expected = f'attachment; filename="{stem}.{name.removeprefix("hxl.")}"'
            assert answer.headers["content-disposition"] == expected
    objects = json.loads(form["json"])
    plain = list(csv.DictReader(io.StringIO(form["csv"].removeprefix("\ufeff"))))
    tagged = list(csv.reader(io.StringIO(form["hxl.csv"].removeprefix("\ufeff"))))
    features = json.loads(form["geojson"])["features"]
    entries = ElementTree.fromstring(form["atom"]).findall("{*}entry")
    assert len(objects) == len(plain) == len(tagged) - 2 == len(features) == len(entries) > 0
    assert [row["fact"] for row in objects] == [row["fact"] for row in plain]
    assert [row["fact"] for row in objects] == [entry.find("{*}id").text for entry in entries]
    assert all(cell.startswith("#") for cell in tagged[1])
    assert features[0]["geometry"]["type"] in ("Point", "MultiPoint")
    assert any(entry.find("{*}title").text.startswith("[illustrative]") for entry in entries)


@pytest.mark.parametrize(
    ("address", "column"),
    [
        ("/ask.csv?what=statements&words=calculate", "statement"),
        ("/ask.hxl.csv?what=statements&words=calculate", "statement"),
        ("/statements/statements.csv?id=formula&_size=max", "title"),
        ("/statements/statements.csv?_stream=1&_sort_desc=title", "title"),
        ("/statements.csv?sql=select+title,char(10)+from+statements+where+id='formula'", "title"),
    ],
)
async def test_a_spreadsheet_program_reads_words_and_runs_nothing(path, address, column):
    title, words = "=HYPERLINK(\x22http://x.example\x22)", "Calculate, \x22quoted\x22,\nin lines: שלום."
    with Database(path) as database:
        database.save(Extraction(Statement("formula", words, title)), Run(pipeline="test"))
    answer = await application(path).client.get(address)
    assert answer.status_code == 200, answer.text[:300]
    assert answer.content.startswith(b"\xef\xbb\xbf"), "UTF-8, and says so"
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert f"'{title}" in [row[column] for row in rows]
    assert not [cell for row in rows for cell in row.values() if cell and cell[:1] in "=+-@"]
    if "text" in rows[0]:
        assert words in [row["text"] for row in rows], "all other words as they are"


async def test_many_rows_are_read_piece_by_piece_and_pages_go_on(datasette, monkeypatch):
    monkeypatch.setattr(ask_pages, "PIECE", 2)
    monkeypatch.setattr(ask_pages, "MOST_ROWS", 5)
    monkeypatch.setattr(ask_pages, "PAGE_ROWS", 2)
    first = await datasette.client.get("/ask.json?place=Syria")
    assert len(first.json()) == 5
    link = first.headers["link"]
    assert link.endswith('; rel="next"')
    second = await datasette.client.get("/" + link[1:].split(">")[0].split("/", 3)[3])
    assert "link" not in second.headers
    every = (await datasette.client.get("/ask.json?place=Syria&limit=9")).json() + second.json()
    assert len({row["claim_id"] for row in every}) == 6
    shown, address = [], "/ask?place=Syria"
    while address:
        text = await page(datasette, address)
        shown += [part.split('"')[0] for part in text.split('class="quote fact" href="')[1:]]
        address = (
            text.split('<a rel="next" href="')[1].split('"')[0].replace("&amp;", "&") if 'rel="next"' in text else ""
        )
    assert shown == [row["fact"] for row in every]


async def test_hostile_words_stay_words(datasette):
    text = await page(datasette, "/ask?words=%3Cscript%3Ealert(1)%3C/script%3E&place=%3Cb%3E")
    assert "<script>alert" not in text
    answer = await datasette.client.get("/ask.csv?words=%22%0d%0aset-cookie:%20a")
    assert "set-cookie" not in answer.headers


@pytest.fixture(scope="module")
def aleppo_path(tmp_path_factory):
    return asked.make(tmp_path_factory.mktemp("asked") / "statements.db")


@pytest.mark.parametrize(
    ("place", "meant", "other", "why"),
    [
        ("Aleppo&within=5", "city, Syria", asked.PROVINCE.id, "a distance is measured from the city"),
        ("Aleppo", "region, Syria", asked.ALEPPO.id, "without one, what is spoken of most"),
        ("geonames:170062&within=5", "region, Syria", asked.ALEPPO.id, "an id means what it names"),
        ("geonames:170063", "city, Syria", asked.PROVINCE.id, "and leads back"),
    ],
)
async def test_a_name_of_a_city_and_a_region(aleppo_path, place, meant, other, why):
    served = application(aleppo_path)
    text = await page(served, f"/ask?place={place}")
    assert f"Place: <strong>Aleppo</strong> ({meant})" in text, why
    assert text.count(f"place={other.replace(':', '%3A')}") == 1, "the other is offered, once"


async def test_a_timeline_takes_the_place_that_has_such_figures_itself(aleppo_path):
    text = await page(application(aleppo_path), "/timeline?place=Aleppo&condition=trapped")
    assert "city in Syria" in text
    assert f"place={asked.PROVINCE.id.replace(':', '%3A')}" in text, "the other is offered"


async def test_a_party_says_who_asks_since_when_and_leads_to_its_newest_month(aleppo_path):
    text = await page(application(aleppo_path), "/party/donors")
    assert (
        "By <strong>2</strong> publishers in <strong>3</strong> statements, since <strong>2024-10-02</strong>" in text
    )
    assert "/ask?what=demands&amp;addressee=donors&amp;since=2025-04&amp;until=2025-04" in text
