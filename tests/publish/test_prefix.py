"""Every page under a prefix (`base_url`), and none with a style or script of its own inside it."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from tests.publish import asked
from tests.publish.conftest import KNOWN, TEXT, madaya, span
from tests.publish.test_browser import MISSED, PAGES

from statement_nlp.publish.server import application
from statement_nlp.store.database import Database, Run

MORE = (
    "/ask?place=Syria&within=50", "/ask?place=Syria&what=figures", "/ask?words=none", "/compare",
    "/compare?a=madaya-2016&b=hostile", "/tracks", "/tracks?layer=demands", "/timeline?place=Madaya&condition=trapped",
    "/fact/madaya-2016/claims/28-77", "/fact/madaya-2016/claims/1-2", "/add", "/judgements",
    "/party/russia?theme=other", "/statements/claims/1", "/statements/claims?_facet=status&_sort=id",
    "/search?q=menningitis", "/search?q=Madayya",
)  # fmt: skip
ADDRESSES = ("href", "src", "action", "data-suggest", "data-places", "data-base", "data-progress", "data-json")


class Elements(HTMLParser):
    """The addresses of a page within its server, and what stands inline in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.addresses += [given[name] for name in ADDRESSES if (given.get(name) or "").startswith("/")]
        if tag == "style" or (tag == "script" and "src" not in given and given.get("type") != "application/ld+json"):
            self.inline.append(tag)
        self.inline += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]


@pytest.fixture(scope="module")
def prefixed(made_path):
    return application(made_path, settings={"base_url": "/data/"})


@pytest.mark.parametrize("page", [*PAGES, *MISSED, *MORE])
async def test_a_page_leads_nowhere_beside_its_prefix_and_is_free_of_styles_and_scripts(prefixed, page):
    answer = await prefixed.client.get(page)
    assert answer.status_code in (200, 403, 404), answer.text[:200]
    found = Elements(answer.text)
    assert found.addresses, "there is a menu at least"
    assert not [address for address in found.addresses if not address.startswith("/data/")]
    assert not found.inline
    assert "style-src 'self';" in answer.headers["content-security-policy"]


async def test_charts_lead_to_pages_under_the_prefix(tmp_path):
    file = asked.make(tmp_path / "statements.db")
    found = madaya()
    again = replace(found.demands[0], **dict(zip(("start", "end", "quote"), span(TEXT, "open the road"), strict=True)))
    with Database(file, lookup=KNOWN.get) as database:
        database.save(
            replace(found, demands=(*found.demands, replace(again, themes=("funding",)))), Run(pipeline="test")
        )
    served = application(file, settings={"base_url": "/data/"})
    for page, leads in (("/", "/party/"), ("/themes", "/theme/"), ("/party/russia", "/party/russia?theme=")):
        text = (await served.client.get(page)).text
        assert f'class="bar-link" href="/data{leads}' in text, page


async def test_suggestions_and_feeds_lead_to_pages_under_the_prefix(prefixed):
    found = (await prefixed.client.get("/suggest.json?q=Madaya")).json()["suggestions"]
    assert {one["href"].split("/")[1] for one in found} == {"data"}
    for path in ("/feed.atom", "/ask.atom?what=claims", "/ask.json?what=claims"):
        text = (await prefixed.client.get(path)).text
        assert "http://localhost/data/" in text, path
        assert "http://localhost/data/data/" not in text
        assert "http://localhost/" not in text.replace("http://localhost/data/", ""), path
