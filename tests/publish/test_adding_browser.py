"""A researcher signs in with the root link, drops and chooses files, pastes a text, sees what becomes of it, undoes."""

from __future__ import annotations

import re
import shutil

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from tests.publish.test_browser import ARGUMENTS, BROWSERS, COMMAND, Watched, free_port, serving, stop

pytestmark = pytest.mark.browser
LINK = re.compile(r"it works once: (http://\S+)")
LONGEST = 150_000
"""Milliseconds that reading may take where others use the machine: the models are loaded for it."""
DROPPED = """() => {
  const data = new DataTransfer();
  data.items.add(new File(["At least 300 people were killed in Goma."], "dropped.txt", {type: "text/plain"}));
  return data;
}"""


@pytest.fixture
def page(path, tmp_path):
    """A tab of a telephone's width, signed in."""
    port = free_port()
    process = serving([COMMAND, "serve", "--db", str(path), "--port", str(port)], port)
    found = next((file for name in BROWSERS if (file := shutil.which(name))), None)
    assert found, f"This test needs a Chromium, called one of {', '.join(BROWSERS)}"
    try:
        link = next(signs.group(1) for line in process.stdout if (signs := LINK.search(line)))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
            page = browser.new_page(viewport={"width": 375, "height": 800})
            page.goto(link)
            page.goto(f"http://127.0.0.1:{port}/add")
            yield page
            browser.close()
    finally:
        stop(process)


@pytest.fixture
def folder(tmp_path):
    """A folder with a statement, and with what is none."""
    mine = tmp_path / "mine"
    (mine / "deeper").mkdir(parents=True)
    text = "<title>Madaya: open the road</title><p>Some 40,000 people are trapped in Madaya, Syria.</p>"
    (mine / "deeper" / "page.html").write_text(text)
    (mine / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    (mine / "broken.pdf").write_bytes(b"%PDF-1.4 broken")
    return mine


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 375


def over(page: Page) -> None:
    """Wait until nothing is read or undone any more; the page loads itself then."""
    expect(page.locator("[data-progress]")).to_have_count(0, timeout=LONGEST)


def test_files_a_folder_and_a_text_are_added_and_taken_back(page, folder):
    watched = Watched(page)
    here = page.locator(".drop-here")
    page.dispatch_event("form.drop", "drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    expect(here).to_contain_text("Dropped: dropped.txt (1 kB)")
    here.get_by_role("button").click()
    expect(here).to_contain_text("drop files and folders")
    page.dispatch_event("form.drop", "drop", {"dataTransfer": page.evaluate_handle(DROPPED)})
    page.get_by_label("or a folder").set_input_files(str(folder))
    page.get_by_label("or paste a text").fill("Russia must open the road to Madaya.")
    page.get_by_label("Published").fill("2016-09-12")
    page.get_by_label("Publisher").fill("Example Relief")
    fits(page)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Files read:")).to_be_visible()
    expect(page.get_by_role("progressbar")).to_be_visible()
    expect(page.locator("li.not-taken")).to_contain_text("mine/photo.jpg: .jpg is not read")
    over(page)
    expect(page.locator(".state")).to_have_text("Done")
    expect(page.locator("li.failed")).to_contain_text("mine/broken.pdf: it is damaged")
    added = page.locator("li.added")
    expect(added).to_have_count(3)
    expect(added.filter(has_text="deeper/page.html")).to_contain_text("1 figure")
    expect(added.filter(has_text="dropped.txt")).to_contain_text("1 claim")
    fits(page)
    batch = page.url
    added.filter(has_text="deeper/page.html").get_by_role("link").click()
    expect(page.locator("h1")).to_have_text("Madaya: open the road")
    expect(page.locator("main")).to_contain_text("Example Relief")
    expect(page.locator("main")).to_contain_text("2016-09-12")
    expect(page.locator("article.text a.hl.figures")).to_contain_text("40,000")
    statement = page.url
    page.goto(batch)
    page.get_by_role("button", name="Undo").click()
    over(page)
    expect(page.locator(".state")).to_have_text("Undone")
    assert not watched.wrong, watched.wrong
    assert page.request.get(statement).status == 404
