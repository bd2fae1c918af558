"""The ten questions of docs/questions.md, each from the home page to its answer in at most four actions, in Chromium.

An action is a field filled in, a choice, a click or a key. To move there (the mouse, Tab) is none, but the keyboard's
way is gone by real presses of Tab, so that what it cannot reach fails.
"""

import csv
import io
import shutil
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright
from tests.publish import asked
from tests.publish.test_browser import ARGUMENTS, BROWSERS, free_port, serving, stop

pytestmark = pytest.mark.browser
COMMAND = str(Path(sys.executable).parent / "statement-nlp")
MOST_ACTIONS = 4
MOST_TABS = 300
SEARCH = "Search statements, claims"


class Reader:
    """Somebody at the home page, whose actions are counted."""

    def __init__(self, page: Page) -> None:
        self.page, self.actions = page, 0

    def _act(self) -> None:
        self.actions += 1
        assert self.actions <= MOST_ACTIONS, "the answer is too far from the home page"

    def fill(self, label: str, words: str) -> None:
        """Write into a field."""
        self._act()
        self.page.get_by_label(label).press_sequentially(words)

    def click(self, what: Locator) -> None:
        """Click one thing with the mouse."""
        self._act()
        what.click()

    def press(self, key: str) -> None:
        """Press a key where the keyboard is."""
        self._act()
        self.page.keyboard.press(key)

    def follow(self, what: Locator) -> None:
        """Go to a link by Tab, and press Enter there."""
        self.go_to(what)
        self.press("Enter")

    def go_to(self, what: Locator) -> None:
        """Press Tab until the keyboard is there: no action, as it is none to move the mouse."""
        what.wait_for()
        for _ in range(MOST_TABS):
            if what.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{what} cannot be reached by the keyboard")

    def link(self, name: str, *, within: str = "main") -> Locator:
        return self.page.locator(within).get_by_role("link", name=name)

    def suggestion(self, kind: str, detail: str = "") -> Locator:
        """The first suggestion of a kind whose details hold these words."""
        options = self.page.get_by_role("option").filter(has=self.page.locator(f".suggested.{kind}"))
        return options.filter(has_text=detail).first


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    file = asked.make(tmp_path_factory.mktemp("asked") / "statements.db")
    port = free_port()
    process = serving([COMMAND, "serve", "--db", str(file), "--port", str(port)], port)
    yield f"http://127.0.0.1:{port}/"
    stop(process)


@pytest.fixture(scope="module")
def chromium():
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"These tests need a Chromium, called one of {', '.join(BROWSERS)}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(ARGUMENTS))
        yield browser
        browser.close()


def at_home(browser: Browser, home: str, *, scripts: bool = True):
    context = browser.new_context(java_script_enabled=scripts, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.goto(home)
    yield Reader(page)
    context.close()


@pytest.fixture
def reader(chromium, home):
    yield from at_home(chromium, home)


@pytest.fixture
def unscripted(chromium, home):
    yield from at_home(chromium, home, scripts=False)


def rows(of: Locator) -> list[str]:
    """The rows of a table, the text of their cells in one line each."""
    return [" | ".join(row.split("\t")) for row in of.locator("tbody tr").all_inner_texts()]


def sheet(reader: Reader, link: Locator) -> list[dict[str, str]]:
    """The rows of the CSV that a click brings."""
    with reader.page.expect_download() as waiting:
        reader.click(link)
    return list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text("utf-8-sig"))))


def test_what_is_claimed_about_a_place_by_keyboard(reader):
    reader.go_to(reader.page.get_by_label(SEARCH))
    reader.fill(SEARCH, "Madaya")
    reader.suggestion("place").wait_for()
    reader.press("ArrowDown")
    reader.press("Enter")
    expect(reader.page.locator("h1")).to_have_text("Madaya")
    expect(reader.page.locator("#claims")).to_contain_text("The road to Madaya was closed in January asserted")
    assert len(rows(reader.page.locator("#figures"))) == 3
    expect(reader.page.locator("#demands li")).to_have_count(3)


def test_what_is_claimed_about_a_place_without_scripts(unscripted):
    unscripted.fill(SEARCH, "Madaya")
    unscripted.press("Enter")
    unscripted.click(unscripted.page.locator(".named").get_by_role("link", name="Madaya"))
    expect(unscripted.page.locator("#claims")).to_contain_text("The road to Madaya was closed in January")


def said_through_2016(page: Page) -> None:
    found = rows(page.locator("main"))
    assert [[cell.strip() for cell in row.split("|")][:4:3] for row in found] == [
        ["2016-08-19", "Harbour Aid"], ["2016-12-01", "Bridge & Shore"],
    ]  # fmt: skip
    assert "275,000 people" in found[0]
    assert "250,000 people" in found[1]
    expect(page.locator("h1")).to_have_text("Aleppo: trapped")


def test_how_a_number_changed_through_a_year_and_who_said_what(reader):
    reader.fill(SEARCH, "Aleppo")
    reader.click(reader.suggestion("place", "city, Syria"))
    reader.click(reader.page.get_by_label("Timelines").get_by_role("link", name="trapped"))
    reader.click(reader.page.get_by_label("Years").get_by_role("link", name="2016"))
    said_through_2016(reader.page)
    expect(reader.page.locator("svg.chart")).to_be_visible()


def test_how_a_number_changed_without_scripts(unscripted):
    unscripted.fill(SEARCH, "Aleppo")
    unscripted.press("Enter")
    unscripted.click(unscripted.page.locator(".named a[href$='170063']"))
    unscripted.click(unscripted.page.get_by_label("Timelines").get_by_role("link", name="trapped"))
    assert [row[:10] for row in rows(unscripted.page.locator("main"))] == ["2015-03-01", "2016-08-19", "2016-12-01"]


def test_which_figures_contradict_each_other(reader):
    reader.click(reader.link("those that conflict"))
    expect(reader.page.locator("tbody tr")).to_have_count(1)
    reader.click(reader.link("Madaya: people trapped"))
    conflicting = reader.page.locator("tr.conflicting")
    expect(conflicting).to_have_count(2)
    expect(conflicting.first).to_contain_text("conflicts with 30,500 people")
    expect(conflicting.first).to_contain_text("Harbour Aid")
    expect(conflicting.last).to_contain_text("conflicts with 42,310 people")


def test_what_was_asked_of_a_party_by_how_many_since_when(reader):
    reader.fill(SEARCH, "Russia")
    reader.click(reader.suggestion("party"))
    expect(reader.page.locator(".by")).to_have_text(
        "By 2 publishers in 3 statements, since 2016-02-01, last on 2016-08-01."
    )
    expect(reader.page.locator("section", has_text="Asked of it").first).to_contain_text("lift the siege of Madaya")
    asking = rows(reader.page.locator("#asking"))
    assert [row.split("|")[0].strip() for row in asking] == [
        "Harbour Aid own", "Bridge & Shore illustrative", "Bridge & Shore own",
    ]  # fmt: skip
    assert reader.actions == 2


def test_who_signed_both_by_keyboard(reader):
    reader.follow(reader.link("Compare", within="header"))
    reader.go_to(reader.page.get_by_label("First"))
    reader.fill("First", "in winter")
    reader.go_to(reader.page.get_by_label("Second"))
    reader.fill("Second", "Madaya in summer")
    reader.press("Enter")
    signed = reader.page.locator("#signatories")
    expect(signed.locator("dt").first).to_have_text("In common 1")
    expect(signed.locator("dd").first).to_have_text("Lantern Relief")
    expect(signed.locator("dd").nth(1)).to_have_text("Harbour Aid")


def test_what_stands_in_one_statement_and_not_in_another(reader):
    reader.click(reader.link("Compare", within="header"))
    reader.fill("First", "winter")
    reader.fill("Second", "Zamzam")
    reader.click(reader.page.get_by_role("button", name="Compare"))
    expect(reader.page.locator("#places dd").nth(1)).to_have_text("Madaya")
    expect(reader.page.locator("#places dd").nth(2)).to_have_text("Zamzam")
    alone = reader.page.locator("#demands details")
    expect(alone.first).to_contain_text("Russia must lift the siege of Madaya.")
    expect(alone.last).to_contain_text("Donors must release emergency funds.")


def test_which_statements_speak_of_places_within_a_distance(reader):
    reader.fill(SEARCH, "El Fasher")
    reader.click(reader.suggestion("place"))
    reader.click(reader.link("statements about places within 50 km"))
    expect(reader.page.locator(".answers > li")).to_have_count(2)
    expect(reader.page.locator(".answers")).to_contain_text("Zamzam, 2025-04-17")
    expect(reader.page.locator(".answers")).to_contain_text("El Fasher, 2025-04-10")
    found = sheet(reader, reader.page.locator(".count").get_by_role("link", name="CSV", exact=True))
    assert {row["statement_id"] for row in found} == {"fasher", "zamzam"}


def test_what_the_statements_of_a_month_demand_of_a_party(reader):
    reader.fill(SEARCH, "donors")
    reader.click(reader.suggestion("party"))
    reader.click(reader.link("Demands of the newest month, 2025-04"))
    expect(reader.page.locator(".answers > li")).to_have_count(2)
    expect(reader.page.locator(".answers")).to_contain_text("Donors must release emergency funds.")
    expect(reader.page.locator(".answers")).to_contain_text("Donors must pay for water.")


def test_where_a_sentence_comes_from_by_keyboard(reader):
    reader.go_to(reader.page.get_by_label(SEARCH))
    reader.fill(SEARCH, "In Aleppo 275,000 people are trapped")
    reader.press("Enter")
    reader.follow(reader.page.get_by_role("link", name="Cite this claim").first)
    fact = reader.page.locator(".one-fact")
    expect(fact.locator("mark")).to_have_text("In Aleppo 275,000 people are trapped")
    expect(fact).to_contain_text("Aleppo, 2016-08-19")
    expect(fact).to_contain_text("by: is; trapped")
    expect(fact).to_contain_text("0 to 36 of the text")


@pytest.mark.parametrize(("what", "n"), [("claims", 12), ("figures", 6), ("demands", 6), ("statements", 13)])
def test_all_of_it_as_a_spreadsheet(reader, what, n):
    found = sheet(reader, reader.page.locator(".sheets").get_by_role("link", name=what))
    assert len(found) == n
    assert all(row["fact"].startswith("http://127.0.0.1") for row in found)
