"""A statement made of markup, scripts, turned writing and endless lines, on every page that shows it."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace
from urllib.parse import quote

import pytest
from datasette.utils import tilde_encode
from playwright.sync_api import sync_playwright
from tests.publish.conftest import KNOWN, TEXT, madaya
from tests.publish.test_browser import ARGUMENTS, BROWSERS, COMMAND, free_port, serving, stop

from statement_nlp.store.database import Database, Run
from statement_nlp.tracking.linking import link_statement

pytestmark = pytest.mark.browser
RLO, RLI = "\u202e", "\u2067"
MARKUP = (
    "<script>hit()</script><img src=x onerror=hit()><svg onload=hit()><iframe src=//evil.example></iframe>"
    "<a href=javascript:hit()>x</a><style>*{display:none}</style><link rel=stylesheet href=//evil.example/a.css>"
    "</textarea></script></title></style><base href=//evil.example/>{{7*7}}&lt;b&gt;' onfocus=hit() autofocus x='\" "
)
HOSTILE = f"{MARKUP}{RLO}turned {RLI}again"
LINE = "x" * 1_000_000
ID = "<b>&'\" hostile/../"
# where an override stands, something around it keeps it from what stands beside
ESCAPES = """() => [...document.querySelectorAll('main *')].filter((e) =>
  [...e.childNodes].some((n) => n.nodeType === 3 && /[\\u202e\\u2067]/.test(n.data))
  && !['TITLE', 'SCRIPT', 'OPTION', 'TEXTAREA', 'PRE'].includes(e.tagName.toUpperCase())
  && getComputedStyle(e).display === 'inline' && !/isolate|plaintext/.test(getComputedStyle(e).unicodeBidi)
).map((e) => e.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    file = tmp_path_factory.mktemp("hostile") / "statements.db"
    text = TEXT.replace("meningitis <script>alert(1)</script>", f"meningitis {HOSTILE}") + f"\n\n{LINE}"
    made = madaya(ID, text)
    claim = replace(made.claims[1], quote=text[made.claims[1].start :][: 20 + len(HOSTILE)], attribution=HOSTILE)
    claim = replace(claim, end=claim.start + len(claim.quote), cues=(HOSTILE,))
    start = text.index(LINE)
    endless = replace(claim, start=start, end=len(text), quote=LINE)
    words = {"title": HOSTILE, "publisher": HOSTILE, "url": "javascript:hit()", "source": HOSTILE, "series": HOSTILE}
    made = replace(
        made,
        statement=replace(made.statement, **words),
        claims=(made.claims[0], claim, endless),
        demands=tuple(replace(d, deadline=HOSTILE) for d in made.demands),
    )
    with Database(file, lookup=KNOWN.get) as database:
        database.save(made, Run("test"))
        other = replace(made.statement, id="other", text=made.statement.text + HOSTILE)
        database.save(replace(made, statement=other), Run("test"), then=[link_statement])
    return file


@pytest.fixture(scope="module")
def address(path):
    port = free_port()
    process = serving([COMMAND, "serve", "--db", str(path), "--port", str(port)], port)
    yield f"http://127.0.0.1:{port}"
    stop(process)


def pages(path):
    with sqlite3.connect(path) as connection:
        claims = [row[0] for row in connection.execute("SELECT id FROM claims ORDER BY start")]
    made = tilde_encode(ID)
    yield from ("/", "/tracks", "/timeline?place=Madaya", "/map", "/places", "/parties", "/search?q=meningitis")
    yield from (f"/statement/{made}", "/place/geonames~3A167544", "/party/russia", f"/search?q={quote(HOSTILE[:150])}")
    yield from (f"/compare?a={quote(ID)}&b=other", "/ask?what=claims&place=Madaya", f"/ask?place={quote(HOSTILE)}")
    yield from ("/statements/claims", "/statements/statements", f"/statements/statements/{made}")
    yield from ("/statements/claims_in_place?place=Madaya", f"/try?text={quote(HOSTILE)}", f"/{quote(HOSTILE)}")
    yield from (f"/statements/claims/{claim}" for claim in claims)
    yield from (f"/fact/{claim}" for claim in claims)


def test_nothing_in_a_statement_acts(path, address, tmp_path):
    found = next((p for name in BROWSERS if (p := shutil.which(name))), None)
    assert found, f"This test needs a Chromium, called one of {', '.join(BROWSERS)}"
    asked, wrong = [], []
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "browser"), executable_path=found, args=list(ARGUMENTS),
            viewport={"width": 390, "height": 844},
        )  # fmt: skip
        context.add_init_script("window.hit = () => { window.wasHit = true; }")
        page = context.new_page()
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog {dialog.message}"), dialog.dismiss()))
        for route in pages(path):
            answer = page.goto(address + route)
            size = len(answer.body())
            wide = page.evaluate("document.documentElement.scrollWidth")
            links = set(
                page.eval_on_selector_all(
                    "a[href]", "all => all.map((a) => new URL(a.href.baseVal ?? a.href, location).protocol)"
                )
            )
            made = page.evaluate("document.querySelectorAll('main :is(iframe, base, style, img)').length")
            told = {
                "another answer": answer.status not in (200, 400, 404),
                f"{size:,} bytes: the endless line stands there too often": size > 6_000_000,
                "another policy": "script-src 'self';" not in answer.headers["content-security-policy"],
                "a script ran": page.evaluate("window.wasHit") is not None,
                "markup of a statement": made,
                f"words that turn others: {page.evaluate(ESCAPES)}": page.evaluate(ESCAPES),
                f"{wide} wide": wide > 390,
                f"links to {links}": not links <= {"http:", "https:"},
            }
            wrong += [f"{route}: {what}" for what, found in told.items() if found]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer")
        context.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((address, "data:"))] == []


async def test_what_machines_read_is_whole(path):
    """Feeds parse, and nothing ends the script that holds JSON-LD."""
    import json
    import re
    from xml.etree import ElementTree

    from statement_nlp.publish.server import application

    datasette = application(path)
    await datasette.invoke_startup()
    feed = await datasette.client.get("/feed.atom")
    assert HOSTILE.replace(RLO, "")[:20] in "".join(ElementTree.fromstring(feed.text).itertext())
    for route in pages(path):
        text = (await datasette.client.get(route)).text
        for block in re.findall(r'<script type="application/ld\+json">(.*?)</script>', text, re.DOTALL):
            json.loads(block)
