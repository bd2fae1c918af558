"""Every kind of page is read by axe at two widths: it finds no serious and no critical fault."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.publish.test_browser import MADAYA, MISSED, PAGES, address, browser, ready, tab

pytestmark = pytest.mark.browser
__all__ = ["address", "browser", "tab"]

FAULTS = ("serious", "critical")
ONLY = {"resultTypes": ["violations"]}
KINDS = tuple(
    dict.fromkeys(
        (
            "/", "/statement/madaya-2016", "/statement/fr-1", MADAYA, "/party/russia?theme=humanitarian_access",
            "/organisation/lantern-relief", "/places", "/places?q=Madayya", "/parties", "/themes",
            "/theme/humanitarian_access", "/search?q=meningitis", "/map", "/map?since=soon", "/tracks",
            "/tracks?layer=demands", "/compare", "/compare?a=madaya-2016&b=notes/Madaya,+later.txt",
            "/timeline?place=Madaya&condition=trapped", "/ask", "/ask?place=Madaya&what=figures", "/ask?place=Madayya",
            "/add", "/try", "/judgements", "/about", "/statements", "/statements/claims_by_place", "/statements/claims",
            "/statements/claims_in_place?place=Syria", *MISSED,
        )
    )
)  # fmt: skip
"""An address of each kind of page."""


def faults(found: dict) -> list[str]:
    """What axe finds that would keep a reader out, in words."""
    return [
        f"{fault['id']} ({fault['impact']}): {fault['nodes'][0]['html'][:200]}"
        for fault in found["violations"]
        if fault["impact"] in FAULTS
    ]


def fact(tab, address: str) -> str:
    """The permanent address of a fact of the first statement."""
    tab.page.goto(f"{address}/statement/madaya-2016")
    link = tab.page.locator("aside.records a.permalink").first.get_attribute("href")
    assert link, "each record can be cited"
    return link


def test_axe_finds_no_serious_fault_on_any_kind_of_page(tab, address):
    wrong, axe = {}, Axe()
    for path in (*KINDS, fact(tab, address)):
        tab.page.set_viewport_size({"width": 1280, "height": 900})
        ready(tab.page, address + path)
        for width in (1280, 375):
            tab.page.set_viewport_size({"width": width, "height": 900})
            if found := faults(axe.run(tab.page, options=ONLY).response):
                wrong[f"{path} at {width}"] = found
    assert not wrong, wrong


def test_axe_reads_an_open_list_of_suggestions(tab, address):
    ready(tab.page, address)
    tab.page.get_by_role("combobox", name="Search").press_sequentially("mad")
    tab.page.get_by_role("option").first.wait_for()
    tab.page.keyboard.press("ArrowDown")
    assert not faults(Axe().run(tab.page).response)


def test_axe_would_tell(tab, address):
    tab.page.goto(f"{address}/about")
    tab.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert any("button-name" in fault for fault in faults(Axe().run(tab.page).response))


def test_the_kinds_cover_the_routes_that_show_a_page():
    assert {path.split("/")[1].split("?")[0] for path in PAGES} <= {path.split("/")[1].split("?")[0] for path in KINDS}
