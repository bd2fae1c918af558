"""A researcher signs in with the root link and judges, on a phone's width, without JavaScript and with the keyboard."""

import re
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright
from tests.publish.test_browser import ARGUMENTS, BROWSERS, COMMAND, free_port, serving, stop

pytestmark = pytest.mark.browser
LINK = re.compile(r"it works once: (http://\S+)")


@pytest.fixture
def server(path):
    """The address of a server that takes judgements, and its link that signs in."""
    port = free_port()
    process = serving([COMMAND, "serve", "--review", "--db", str(path), "--port", str(port)], port)
    link = next(found.group(1) for line in process.stdout if (found := LINK.search(line)))
    yield f"http://127.0.0.1:{port}", link
    stop(process)


@pytest.fixture
def page(tmp_path):
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"This test needs a Chromium, called one of {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "browser"),
            executable_path=found,
            args=list(ARGUMENTS),
            viewport={"width": 390, "height": 844},
            java_script_enabled=False,
        )
        yield context.new_page()
        context.close()


def fits(page):
    for part in ("main", "header"):
        box = page.locator(part).bounding_box()
        assert box, part
        assert box["width"] <= page.viewport_size["width"], f"{part} is {box['width']} wide"


def test_words_that_are_selected_are_added_as_what_they_are(server, tmp_path):
    address, link = server
    found = next(path for name in BROWSERS if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path / "browser"),
            executable_path=found,
            args=list(ARGUMENTS),
            viewport={"width": 375, "height": 740},
        )
        page = context.new_page()
        page.goto(link)
        page.goto(f"{address}/statement/madaya-2016")
        form = page.locator("#missed")
        # the last Madaya of the text, by the mouse: within a demand, whose mark is no part of the words
        last = page.locator("article.text p", has_text="Russia must open the road to Madaya").first
        last.evaluate(
            """p => { const walk = document.createTreeWalker(p, NodeFilter.SHOW_TEXT); let node;
            while ((node = walk.nextNode())) { const at = node.data.indexOf("the road to Madaya");
              if (at >= 0) { getSelection().setBaseAndExtent(node, at + 12, node, at + 18); return; } } }"""
        )
        expect(form.get_by_role("textbox")).to_have_value("Madaya")
        expect(form).to_be_in_viewport()
        fits(page)
        form.get_by_role("button", name="Place").click()
        expect(page.locator(".passage-line")).to_contain_text("open the road to Madaya")
        expect(page.get_by_role("heading", level=1)).to_have_text("Add a place")
        page.get_by_label("place", exact=True).fill("Madaya, SY")
        fits(page)
        page.get_by_role("button", name="Add it").click()
        added = page.locator(".records li.places", has=page.locator(".verdict.added"))
        expect(added).to_have_count(1)
        expect(added).to_contain_text("Madaya")
        assert "#r-" in page.url
        added.get_by_role("link", name="Correct").click()
        page.get_by_role("button", name="Undo the judgement").click()
        page.goto(f"{address}/statement/madaya-2016")
        expect(page.locator(".verdict.added")).to_have_count(0)
        context.close()


def test_judging_from_the_root_link_on(server, page):
    address, link = server
    page.goto(f"{address}/statement/madaya-2016")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.goto(link)
    page.get_by_role("link", name="Review", exact=True).click()
    expect(page.get_by_role("heading", name="Review", level=1)).to_be_visible()
    fits(page)

    page.goto(f"{address}/statement/madaya-2016")
    accept = page.get_by_role("button", name="Accept: Some 40,000 people", exact=True)
    accept.focus()
    page.keyboard.press("Enter")
    figure = page.locator(".records li.figures").first
    expect(figure.locator(".verdict")).to_have_text("accepted")
    expect(page.get_by_role("status")).to_contain_text("Accepted: “Some 40,000 people”")
    assert "#r-" in page.url

    figure.get_by_role("link", name="Correct").click()
    fits(page)
    page.get_by_label("condition").select_option("detained")
    page.get_by_label("unit").fill("persons")
    page.get_by_role("button", name="Save the correction").click()
    expect(page.locator(".records li.figures .verdict").first).to_have_text("corrected")
    expect(page.locator(".records li.figures").first).to_contain_text("persons · detained")
    fits(page)

    page.get_by_role("button", name="Reject: There has been an outbreak").click()
    expect(page.locator("#rejected")).to_contain_text("There has been an outbreak of meningitis")
    expect(page.locator(".records li.claims")).to_have_count(1)
    page.locator("#rejected").get_by_role("button", name="Undo").click()
    expect(page.locator(".records li.claims")).to_have_count(2)

    page.goto(f"{address}/judgements")
    expect(page.locator(".verdict")).to_have_text(["corrected"])
    page.get_by_role("button", name="Log out").click()
    page.goto(f"{address}/statement/madaya-2016")
    expect(page.locator(".records li.figures .verdict").first).to_have_text("corrected")
    expect(page.get_by_role("button", name="Accept")).to_have_count(0)
    page.goto(link)
    expect(page.locator("main")).to_contain_text("already been used")
