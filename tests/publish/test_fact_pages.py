"""The permanent page of a fact: what it says, how it is cited, what machines read, and what it says when it is gone."""

import json
import re
from dataclasses import replace
from datetime import date

import pytest
from datasette.utils import tilde_encode
from tests.publish.conftest import KNOWN, TEXT, madaya, span
from tests.publish.opened import page

from statement_nlp.publish import citing
from statement_nlp.publish.citing import Cited
from statement_nlp.store.database import Database, Run
from statement_nlp.tracking.reviews import Decision, review

CLAIM = "Some 40,000 people are besieged in Madaya, Syria"
DEMAND = "Russia must open the road to Madaya."


def at(quote: str, layer: str = "claims", statement: str = "madaya-2016", text: str = TEXT) -> str:
    start, end, _ = span(text, quote)
    return f"/fact/{tilde_encode(statement)}/{layer}/{start}-{end}"


@pytest.mark.parametrize(
    ("address", "holds", "why"),
    [
        (at(CLAIM), f'<mark class="claims">{CLAIM}</mark>. There has been', "the words in their context"),
        (at(CLAIM), "Madaya: let the doctors in", "the statement"),
        (at(CLAIM), "Confidence 88%", "how sure"),
        (at(CLAIM), "the trained model claims, version 1, by: besieged", "what found it, in plain words"),
        (at(CLAIM), "pipeline <code>test</code>", "the run"),
        (at(CLAIM), "nobody has judged it", "no judgement"),
        (at(CLAIM), '<a href="/place/geonames~3A167544">Madaya</a>', "its place"),
        (at("There has been an outbreak of meningitis"), "reported, by doctors", "attribution"),
        (at("There has been an outbreak of meningitis"), "&lt;script&gt;", "context is escaped"),
        (at("Some 40,000 people", "figures"), "40,000 people, trapped (about)", "a figure"),
        (at(DEMAND, "demands"), '<a href="/party/russia">Russia</a>', "a demand"),
        (at("Bridge & Shore, UK", "signatories"), "number 2 of the list; UK", "a signatory"),
        (at(CLAIM, statement="notes/Madaya, later.txt"), "evidence of nothing", "an illustrative one says so"),
    ],
)
async def test_page_says(datasette, address, holds, why):
    assert holds in await page(datasette, address), why


async def test_every_record_of_a_statement_leads_to_its_fact(datasette):
    text = await page(datasette, "/statement/madaya-2016")
    links = re.findall(r'class="permalink" href="([^"]+)"', text)
    assert len(links) == 6, "two claims, a figure, a demand and two signatories"
    for link in links:
        assert "Cite it" in await page(datasette, link)


async def test_an_address_outlasts_a_new_extraction(datasette, path):
    first = (await datasette.client.get(f"{at(CLAIM)}.json")).json()
    with Database(path, lookup=KNOWN.get) as database:
        database.save(madaya(kind="original"), Run(pipeline="newer"), again=True)
    second = (await datasette.client.get(f"{at(CLAIM)}.json")).json()
    assert first["records"][0]["quote"] == second["records"][0]["quote"] == CLAIM
    assert second["statement"]["pipeline"] == "newer"


async def test_a_fact_that_is_gone_leads_on(datasette, path):
    start, end, _ = span(TEXT, CLAIM)
    missed = f"/fact/madaya-2016/claims/{start + 1}-{end}"
    text = await page(datasette, missed, 404)
    assert "No claim stands at these characters" in text
    assert at(CLAIM) in text, "the nearest"
    assert "/statement/madaya-2016" in text
    assert (await datasette.client.get(f"{missed}.json")).json()["nearest"][0]["quote"] == CLAIM
    assert "There is no demand in it" in await page(datasette, "/fact/fr-1/demands/0-5", 404)
    await page(datasette, "/fact/nowhere/claims/0-5", 404)
    await page(datasette, f"/fact/madaya-2016/claims/{'9' * 40}-{'9' * 41}", 404)
    with Database(path) as database:
        claim = database.execute("SELECT id FROM claims WHERE statement_id = 'madaya-2016' ORDER BY start").fetchone()[
            0
        ]
        review(database, claim, Decision("reject", "ada", "a wish"))
    text = await page(datasette, at(CLAIM), 410)
    assert "ada judged on" in text
    assert ": a wish" in text
    assert (await datasette.client.get(f"{at(CLAIM)}.json")).status_code == 410


def linked_data(text: str) -> list[dict]:
    return [
        json.loads(found) for found in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.S)
    ]


async def test_json_ld_says_claim_appearance_place_and_date(datasette):
    answer = await datasette.client.get(at(CLAIM))
    (claim,) = linked_data(answer.text)
    assert claim["@type"] == "Claim"
    assert claim["text"] == CLAIM
    assert claim["@id"].endswith(at(CLAIM))
    assert claim["appearance"]["name"] == "Madaya: let the doctors in"
    assert claim["appearance"]["datePublished"] == claim["datePublished"] == "2016-01-08"
    assert claim["spatialCoverage"][0]["geo"] == {"@type": "GeoCoordinates", "latitude": 33.689, "longitude": 36.099}
    (demand,) = linked_data(await page(datasette, at(DEMAND, "demands")))
    assert demand["@type"] == "Quotation"
    assert demand["isPartOf"]["@type"] == "Article"
    (other,) = linked_data(await page(datasette, at(CLAIM, statement="notes/Madaya, later.txt")))
    assert "evidence of nothing" in other["creativeWorkStatus"]
    assert "script-src 'self'" in answer.headers["content-security-policy"]


HOSTILE = '</script><script>alert(1)</script><!-- & "q" \u2028 } {x} \\input{/etc/passwd} $x$ % # _ ~ ^ \u202e'


async def test_hostile_words_break_out_of_nothing(path):
    from statement_nlp.publish.server import application

    text = TEXT.replace("There has been an outbreak of meningitis", HOSTILE)
    made = madaya("hostile-2", TEXT)
    claim = replace(made.claims[1], **dict(zip(("start", "end", "quote"), span(text, HOSTILE), strict=True)))
    statement = replace(
        made.statement, text=text, title=HOSTILE, publisher=HOSTILE, url=f"https://x.example/{{}}{HOSTILE}"
    )
    none = replace(made.signatories, signatories=())
    with Database(path, lookup=KNOWN.get) as database:
        database.save(
            replace(made, statement=statement, claims=(claim,), demands=(), parties=(), zones=(), signatories=none),
            Run(pipeline="t"),
        )
    datasette = application(path)
    await datasette.invoke_startup()
    address = at(HOSTILE, statement="hostile-2", text=text)
    shown = await page(datasette, address)
    assert "<script>alert" not in shown
    assert linked_data(shown)[0]["text"] == HOSTILE, "and nothing is lost"
    bib = await page(datasette, f"{address}.bib")
    assert bib.count("\n@") == 0
    assert bib.startswith("@misc{hostile-2-claims-")
    unescaped = re.sub(r"\\(textbackslash|textasciitilde|textasciicircum)\{\}|\\[{}$&#_%]", "", bib)
    assert unescaped.count("{") == unescaped.count("}"), "braces are balanced"
    assert "\\input" not in bib
    assert json.loads(await page(datasette, f"{address}.csl.json"))[0]["title"].startswith("</script>")


@pytest.mark.parametrize(
    ("published", "parts", "year", "why"),
    [
        ("2016-09-12", [[2016, 9, 12]], "  year = {2016},\n  month = sep,", "a day"),
        ("2016-09", [[2016, 9]], "  year = {2016},\n  month = sep,", "a month"),
        ("2016", [[2016]], "  year = {2016},\n  note", "a year"),
        (None, None, "title = {{T}},\n  note", "undated"),
    ],
)
def test_citations(published, parts, year, why):
    statement = {
        "id": "s/1", "title": "T", "publisher": "Lantern & Co", "published": published, "kind": "original",
        "language": "en", "url": None, "version": "0.1.0", "pipeline": "p", "extracted": "2026-11-22 10:00:00",
    }  # fmt: skip
    fact = {"start": 3, "end": 9, "quote": "a\nquote", "places_known": []}
    cited = Cited(
        statement,
        fact,
        "claims",
        "http://h/fact/s~2F1/claims/3-9",
        "http://h/statement/s~2F1",
        None,
        date(2026, 11, 22),
    )
    assert citing.plain(cited) == (
        f"Lantern & Co, “T”, {published or 'undated'}: “a quote” (claim at characters 3–9; read by statement-nlp 0.1.0 "
        "on 2026-11-22). http://h/fact/s~2F1/claims/3-9 (retrieved 2026-11-22)."
    )
    assert year in citing.bibtex(cited), why
    assert "author = {{Lantern \\& Co}}" in citing.bibtex(cited)
    (item,) = citing.csl(cited)
    assert item.get("issued", {}).get("date-parts") == parts
    assert item["id"] == "s-1-claims-3-9"


@pytest.mark.parametrize(
    "address",
    ["/place/geonames~3A167544", "/party/russia", "/search?q=meningitis", "/statement/madaya-2016"],
)
async def test_every_list_leads_to_the_facts(datasette, address):
    links = re.findall(r'class="permalink" href="([^"]+)"', await page(datasette, address))
    assert links
    for link in set(links[:4]):
        assert "Cite it" in await page(datasette, link)
