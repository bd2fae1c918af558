"""Comparing two statements and following a figure as a reader does, in headless Chromium, scripts on and off."""

import shutil
import sys
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright
from tests.publish import tracked
from tests.publish.test_browser import ARGUMENTS, BROWSERS, free_port, serving, stop

pytestmark = pytest.mark.browser
COMMAND = str(Path(sys.executable).parent / "statement-nlp")
PAGES = (
    "/compare", "/compare?a=winter&b=summer", "/compare?a=winter&b=madaya", "/tracks", "/tracks?layer=demands",
    "/timeline?place=Madaya", "/statement/summer", "/place/geonames~3A167544", "/party/russia",
)  # fmt: skip


@pytest.fixture(scope="module")
def tracked_address(tmp_path_factory):
    file = tracked.make(tmp_path_factory.mktemp("tracked") / "statements.db")
    port = free_port()
    process = serving([COMMAND, "serve", "--db", str(file), "--port", str(port)], port)
    yield f"http://127.0.0.1:{port}"
    stop(process)


@pytest.fixture(scope="module", params=[True, False], ids=["with scripts", "without scripts"])
def reader(request):
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"These tests need a Chromium, called one of {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser.new_context(java_script_enabled=request.param)
        browser.close()


def test_from_a_title_to_a_comparison_and_into_the_text(reader, tracked_address):
    tab = reader.new_page()
    tab.goto(f"{tracked_address}/compare")
    tab.get_by_label("First").fill("in winter")
    tab.get_by_label("Second").fill("Madaya in summer")
    tab.get_by_role("button", name="Compare").click()
    expect(tab.locator(".compared li").first).to_contain_text("Madaya in winter")
    row = tab.locator("#figures tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("−4,310 (−10%)")
    row.get_by_role("link", name="42,310 people").click()
    expect(tab.locator("h1")).to_have_text("Madaya in winter")
    assert "#at-" in tab.url
    tab.close()


def test_from_a_name_of_several_to_the_one_that_is_meant(reader, tracked_address):
    tab = reader.new_page()
    tab.goto(f"{tracked_address}/compare?a=winter&b=madaya")
    tab.get_by_role("link", name="<b>Madaya</b>").click()
    expect(tab.locator("#figures .link-kind")).to_have_text("conflict")
    tab.close()


def test_from_the_list_of_tracks_to_a_figure(reader, tracked_address):
    tab = reader.new_page()
    tab.goto(f"{tracked_address}/tracks")
    tab.get_by_label("Place or country").fill("Madaya")
    tab.get_by_role("button", name="Show").click()
    tab.get_by_role("link", name="Madaya: people trapped").click()
    assert tab.locator("svg.chart").is_visible()
    expect(tab.locator("tbody tr")).to_have_count(3)
    tab.locator("tbody tr").nth(2).get_by_role("link", name="38,000 people").click()
    expect(tab.locator("h1")).to_have_text("Madaya in summer")
    expect(tab.locator("#links")).to_contain_text("Updates an earlier")
    tab.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_fit_the_screen_and_ask_nobody_else(reader, tracked_address, width):
    tab = reader.new_page()
    tab.set_viewport_size({"width": width, "height": 900})
    asked, wrong = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("pageerror", lambda error: wrong.append(str(error)))
    for path in PAGES:
        tab.goto(tracked_address + path)
        assert tab.evaluate("document.documentElement.scrollWidth") <= width, path
        assert tab.locator("main h1").count() == 1, path
    assert not wrong
    assert not [url for url in asked if not url.startswith((tracked_address, "data:"))]
    tab.close()
