"""What a reader does in a browser, on the real thing: `statement-nlp serve` in a process of its own, headless Chromium.

The system's Chromium is used; where there is none these tests fail and say so. With `STATEMENT_NLP_PICTURES=DATABASE`
the last test takes the pictures of the documentation from that database (docs/pages.md).
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect, sync_playwright

pytestmark = pytest.mark.browser

COMMAND = str(Path(sys.executable).parent / "statement-nlp")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
PICTURES = Path(__file__).parents[2] / "docs" / "images"
RURAL, MADAYA = "/place/geonames~3A170652", "/place/geonames~3A167544"
PAGES = (
    "/", "/statement/madaya-2016", "/statement/fr-1", "/statement/hostile", "/statement/notes~2FMadaya~2C+later~2Etxt",
    RURAL, "/party/russia", "/organisation/lantern-relief", "/places", "/places?q=Madayya", "/parties",
    "/search?q=meningitis", "/map", "/ask", "/about", "/try",
    "/themes", "/theme/humanitarian_access", "/map?theme=funding", "/statements", "/statements/claims_by_place",
    "/statements/claims",
    "/statements/figures_over_time", "/statements/statements_overview", "/statements/statements",
    "/statements/signatory_findings", "/statements/places", "/statements/claims_in_place?place=Rural+Damascus",
    "/statements/claims_in_place?place=Madayya", "/statements/search_claims?words=meningitis",
    "/statements?sql=select+*+from+claims",
)  # fmt: skip
MISSED = ("/statement/none", "/nowhere")
TABLES = tuple(page for page in PAGES if page.startswith("/statements/") and "Madayya" not in page)


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serving(command: list[str], port: int) -> subprocess.Popen[str]:
    """A server, once it answers."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    direct = build_opener(ProxyHandler({}))  # no proxy stands between this machine and itself
    for _ in range(150):
        if process.poll() is not None:
            raise AssertionError(f"{command} ended: {process.stdout.read() if process.stdout else ''}")
        try:
            with direct.open(f"http://127.0.0.1:{port}/-/versions.json", timeout=5):
                return process
        except OSError:
            time.sleep(0.2)
    stop(process)
    raise AssertionError(f"{command} did not answer within 30 seconds")


def stop(process: subprocess.Popen[str]) -> None:
    """End a server that we started."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout:
        process.stdout.close()


@pytest.fixture(scope="module")
def address(made_path):
    port = free_port()
    command = [COMMAND, "serve", "--db", str(made_path), "--port", str(port)]
    process = serving(command, port)
    yield f"http://127.0.0.1:{port}"
    stop(process)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    assert found, f"These tests need a Chromium, called one of {', '.join(BROWSERS)}: on Debian, apt install chromium"
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("browser")),
            executable_path=found,
            args=list(ARGUMENTS),
            viewport={"width": 1280, "height": 900},
        )
        yield context
        context.close()


class Watched:
    """A tab that keeps what it asked for and what went wrong in it."""

    def __init__(self, page: Page) -> None:
        self.page, self.asked, self.wrong = page, [], []
        page.on("request", lambda request: self.asked.append(request.url))
        page.on(
            "console", lambda message: self.wrong.append(message.text) if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: self.wrong.append(str(error)))

    def note(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.wrong.append(message.text)


@pytest.fixture
def tab(browser):
    page = browser.new_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    yield Watched(page)
    page.close()


def ready(page: Page, target: str) -> None:
    page.goto(target)
    if page.locator(".map:visible").count():
        page.locator(".map[data-ready]").wait_for(timeout=20_000)


def first_row_bottom(page: Page) -> float:
    """Where the first cell of the first row ends, in pixels from the top of the screen."""
    box = page.locator("tbody tr:first-child td:visible").first.bounding_box()
    assert box, "there is a row"
    return box["y"] + box["height"]


def test_every_page_fits_stays_at_home_and_reports_nothing(tab, address):
    took = []
    for width in (1280, 390):
        tab.page.set_viewport_size({"width": width, "height": 900})
        for path in PAGES:
            before = time.monotonic()
            ready(tab.page, address + path)
            took.append((time.monotonic() - before, path))
            wide = tab.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, f"{path} is {wide} wide on a screen of {width}"
            if path in TABLES:
                assert first_row_bottom(tab.page) <= 900, f"{path} begins its rows below a screen {width} wide"
            assert tab.page.locator("main h1").count() == 1, f"{path} has one heading"
            assert "demonstration" in tab.page.locator(".banner").inner_text(), f"{path} says that it is one"
    assert not tab.wrong, tab.wrong
    away = [url for url in tab.asked if not url.startswith((address, "data:"))]
    assert not away, f"left this machine: {away}"
    (median, _), (longest, slowest) = sorted(took)[len(took) // 2], max(took)
    print(f"\n{len(took)} pages, median {median:.2f} s, slowest {longest:.2f} s: {slowest}")


@pytest.mark.parametrize("path", MISSED)
def test_a_page_that_is_not_there_is_one_of_the_house(tab, address, path):
    tab.page.goto(address + path)
    expect(tab.page.locator(".banner")).to_contain_text("This is a demonstration")
    expect(tab.page.get_by_label("Search instead")).to_be_visible()


@pytest.mark.parametrize("path", ["/statements/claims_by_place", "/statements/claims_in_place?place=Syria"])
def test_cells_on_a_phone_carry_their_own_column(tab, address, path):
    tab.page.goto(address + path)
    heads = tab.page.locator("thead th").all_inner_texts()
    cells = tab.page.locator("tbody tr:first-child td")
    labels = cells.evaluate_all("cells => cells.map(cell => cell.dataset.label)")
    assert [re.sub(r"\s*[▲▼]", "", head).strip() for head in heads] == labels, "columns left out shift no label"
    assert not [label for label in labels if "_" in label], "words, not codes"
    tab.page.set_viewport_size({"width": 390, "height": 900})
    shown = cells.first.evaluate("cell => getComputedStyle(cell, '::before').content")
    assert shown == f'"{labels[0]}"'


def test_a_highlight_leads_to_its_record_and_back(tab, address):
    tab.page.goto(f"{address}/statement/madaya-2016")
    figure = tab.page.locator("article.text a.hl.figures")
    expect(figure).to_have_text("Some 40,000 people")
    figure.click()
    record = tab.page.locator("aside.records li.current")
    expect(record).to_contain_text("Some 40,000 people")
    expect(record).to_be_in_viewport()
    record.locator("a.quote").click()
    expect(tab.page.locator("article.text .current")).to_contain_text("Some 40,000 people")


def test_a_record_says_on_demand_what_found_it(tab, address):
    tab.page.goto(f"{address}/statement/madaya-2016")
    record = tab.page.locator("aside li.figures")
    expect(record.get_by_text("Found by the rule figures")).to_be_hidden()
    record.get_by_text("What found this").click()
    expect(record.get_by_text("Found by the rule figures, version 1, by: besieged. Confidence 90%.")).to_be_visible()


def test_text_and_list_move_in_step(tab, address):
    tab.page.set_viewport_size({"width": 1280, "height": 420})
    tab.page.goto(f"{address}/statement/madaya-2016")
    items = tab.page.locator("aside.records li")
    assert items.count() == 7
    last = tab.page.locator("article.text .passage.demands").last
    last.scroll_into_view_if_needed()
    expect(tab.page.locator("aside.records li.in-view").first).to_be_in_viewport()
    expect(tab.page.locator("aside.records li.demands")).to_have_class(re.compile("in-view"))
    items.first.hover()
    expect(tab.page.locator("article.text .pointed").first).to_be_visible()
    assert not tab.wrong, tab.wrong


def test_a_layer_can_be_hidden_and_shown_again(tab, address):
    tab.page.goto(f"{address}/statement/madaya-2016")
    mark = tab.page.locator("article.text .passage.demands").first
    colour = "mark => getComputedStyle(mark).backgroundColor"
    shown = mark.evaluate(colour)
    tab.page.get_by_role("checkbox", name="demands").uncheck()
    expect(tab.page.locator("aside li.demands").first).to_be_hidden()
    assert mark.evaluate(colour) == "rgba(0, 0, 0, 0)"
    expect(tab.page.locator("aside li.claims").first).to_be_visible()
    tab.page.get_by_role("checkbox", name="demands").check()
    expect(tab.page.locator("aside li.demands").first).to_be_visible()
    assert mark.evaluate(colour) == shown


def test_the_map_gathers_circles_that_are_close_and_leads_to_places(tab, address):
    ready(tab.page, f"{address}/map")
    places = tab.page.request.get(f"{address}/map.geojson").json()["features"]
    assert len(places) == 3, "Syria, Rural Damascus, Madaya"
    assert tab.page.locator(".map path:not(.leaflet-interactive)").count() > 200, "the outlines of the world"
    cluster = tab.page.locator(".map .cluster")
    while cluster.count():  # the two that lie inside Syria are counted there already
        assert int(cluster.first.inner_text()) == 6
        cluster.first.click()
        tab.page.wait_for_timeout(400)
    tab.page.locator(".map path.leaflet-interactive").first.dispatch_event("click")
    popup = tab.page.locator(".leaflet-popup-content")
    expect(popup).to_contain_text("claims")
    expect(popup.locator(".kind")).to_have_text("illustrative")
    popup.locator("a").first.focus()  # by key: the popup may still be moving into the map
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("h1")).to_have_text(re.compile("Madaya|Syria|Rural Damascus"))


def test_the_map_is_narrowed_and_its_list_says_the_same(tab, address):
    ready(tab.page, f"{address}/map")
    tab.page.get_by_label("Demands on").select_option("humanitarian_access")
    tab.page.get_by_role("button", name="Filter").click()
    tab.page.locator(".map[data-ready]").wait_for()
    listed = tab.page.locator("#list tbody tr")
    expect(listed).to_have_count(3)
    asked = [url for url in tab.asked if "/map.geojson" in url][-1]
    assert "theme=humanitarian_access" in asked
    assert len(tab.page.request.get(asked).json()["features"]) == 3
    tab.page.get_by_label("Since").fill("2020")
    tab.page.get_by_role("button", name="Filter").click()
    expect(tab.page.get_by_text("Nothing here is said of any place with these filters")).to_be_visible()
    assert not tab.wrong, tab.wrong


def test_one_box_suggests_while_one_types_and_the_keyboard_chooses(tab, address):
    tab.page.goto(address)
    box = tab.page.get_by_role("combobox", name="Search")
    expect(box).to_have_count(1)
    box.press_sequentially("Madayya")
    choices = tab.page.get_by_role("option")
    expect(choices.first).to_contain_text("Madaya")
    expect(box).to_have_attribute("aria-expanded", "true")
    box.press("ArrowDown")
    chosen = tab.page.locator("[role=option][aria-selected=true]")
    expect(chosen).to_have_id(box.get_attribute("aria-activedescendant"))
    box.press("Escape")
    expect(tab.page.get_by_role("listbox")).to_be_hidden()
    expect(box).to_have_value("Madayya")
    box.press("ArrowDown")
    box.press("Enter")
    expect(tab.page.locator("h1")).to_have_text("Madaya")
    assert not tab.wrong, tab.wrong


def test_a_place_is_picked_on_the_home_page(tab, address):
    tab.page.goto(address)
    box = tab.page.get_by_role("combobox", name="What is claimed about a place")
    box.press_sequentially("rural")
    tab.page.get_by_role("option", name="Rural Damascus").click()
    expect(tab.page).to_have_url(re.compile("/ask"))
    expect(tab.page.get_by_text("outbreak of meningitis").first).to_be_visible()
    assert not tab.wrong, tab.wrong


def test_a_point_is_chosen_on_the_map_of_a_question(tab, address):
    tab.page.goto(f"{address}/ask?place=Syria&within=3")
    tab.page.get_by_text("The circle on the map").click()
    picker = tab.page.locator(".map.pick")
    tab.page.locator(".map.pick[data-ready]").wait_for()
    box = picker.bounding_box()
    # beside the country's own circle, in the middle
    picker.click(position={"x": box["width"] / 2 + 60, "y": box["height"] / 2 + 50})
    at, within, place = (tab.page.locator(f"#{name}") for name in ("at", "within", "place"))
    expect(at).to_have_value(re.compile(r"^3[45]\.\d{3},3[78]\.\d{3}$"))
    expect(within).to_have_value("3")
    expect(place).to_have_value("")
    expect(tab.page.get_by_role("status").filter(has_text="in place of the name")).to_be_visible()
    ready(tab.page, f"{address}/ask")
    picker.focus()
    tab.page.keyboard.press("Enter")
    expect(at).to_have_value(re.compile(r"\d"))
    expect(within).to_have_value("50")
    expect(tab.page).to_have_url(re.compile("/ask$"), timeout=1000)
    within.fill("200")
    at.fill("33.7,36.1")
    tab.page.get_by_role("button", name="Ask about this point").click()
    expect(tab.page.get_by_text("Within 200 km of the point (33.700, 36.100)")).to_be_visible()
    expect(tab.page.get_by_text("outbreak of meningitis").first).to_be_visible()
    tab.page.wait_for_load_state()
    place.press_sequentially("M")
    expect(at).to_have_value("")
    assert not tab.wrong, tab.wrong


def test_a_circle_of_the_map_asks_about_its_place_and_an_organisation_is_suggested(tab, address):
    ready(tab.page, f"{address}/ask")
    tab.page.get_by_role("radio", name="demands").check()
    circle = tab.page.locator(".map.pick path.leaflet-interactive")
    while not circle.count():
        tab.page.locator(".map.pick .cluster").first.click()
        tab.page.wait_for_timeout(400)
    circle.first.dispatch_event("click")
    tab.page.locator(".leaflet-popup-content a").focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page).to_have_url(re.compile("what=demands.*place=geonames"))
    tab.page.get_by_text("By whom", exact=True).click()
    tab.page.get_by_role("combobox", name="Signed by").press_sequentially("lantern")
    tab.page.get_by_role("option", name="Lantern Relief").click()
    expect(tab.page.get_by_role("combobox", name="Signed by")).to_have_value("Lantern Relief")
    assert not tab.wrong, tab.wrong


def test_search_finds_marks_and_leads_to_the_place_in_the_text(tab, address):
    tab.page.goto(address)
    tab.page.get_by_role("combobox", name="Search").fill("meningitis")
    tab.page.keyboard.press("Enter")
    expect(tab.page.locator("mark").first).to_have_text("meningitis")
    kinds = tab.page.locator("main li .kind").count()
    assert kinds == tab.page.locator("main li").count(), "each result says what kind of statement it is from"
    tab.page.locator("main section li a").first.click()
    expect(tab.page.locator("main mark")).to_contain_text("outbreak of meningitis")
    tab.page.get_by_role("link", name="Madaya: let the doctors in").click()
    expect(tab.page.locator("article.text .current")).to_contain_text("outbreak of meningitis")


def test_a_text_can_be_tried(tab, address):
    tab.page.goto(f"{address}/try")
    tab.page.get_by_label("At most").fill(
        "Some 40,000 people are besieged in Madaya, Syria. Russia must open the road."
    )
    tab.page.get_by_role("button", name="Read it").click(timeout=150_000)
    expect(tab.page.locator("article.text a.hl.figures")).to_contain_text("40,000", timeout=150_000)
    tab.page.locator("article.text a.hl.figures").click()
    expect(tab.page.locator("aside li.current")).to_contain_text("40,000")
    assert not tab.wrong, tab.wrong


def test_a_misspelt_place_is_one_click_from_its_answer(tab, address):
    tab.page.goto(f"{address}/statements/claims_in_place")
    tab.page.get_by_label("place").fill("Madayya")
    tab.page.get_by_role("button", name="Ask").click()
    tab.page.locator(".note").get_by_role("link", name="Madaya").click()
    expect(tab.page.locator("tbody tr").first).to_contain_text("Madaya")


def test_a_citation_is_copied_by_one_button(tab, address):
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.goto(f"{address}/statement/madaya-2016")
    tab.page.locator("aside.records a.permalink").first.click()
    button = tab.page.get_by_role("button", name="Copy the citation")
    button.focus()
    tab.page.keyboard.press("Enter")
    expect(tab.page.get_by_role("status").filter(has_text="Copied.")).to_be_visible()
    copied = tab.page.evaluate("navigator.clipboard.readText()")
    assert copied == tab.page.locator("#citation").inner_text()
    assert "Lantern Relief" in copied
    assert "/fact/madaya-2016/" in copied
    assert not tab.wrong, tab.wrong


def test_the_keyboard_reaches_the_content_first(tab, address):
    tab.page.goto(f"{address}/statements/claims_by_place")
    tab.page.keyboard.press("Tab")
    expect(tab.page.locator(":focus")).to_have_text("Skip to content")
    tab.page.keyboard.press("Enter")
    tab.page.keyboard.press("Tab")
    expect(tab.page.locator("main :focus")).to_have_count(1)


def test_datasette_itself_serves_it_with_the_metadata(tab, made_path):
    metadata = Path(__file__).parents[2] / "datasette_metadata.json"
    port = free_port()
    command = [sys.executable, "-m", "datasette", "serve", str(made_path), "-m", str(metadata), "-p", str(port)]
    process = serving(command, port)
    try:
        tab.page.goto(f"http://127.0.0.1:{port}/statements/claims_in_place?place=Syria")
        expect(tab.page.locator("h1")).to_have_text("What is said of a place?")
        expect(tab.page.locator(".banner")).to_contain_text("This is a demonstration")
        tab.page.locator("tbody td.col-claim a").first.click()
        expect(tab.page.locator("article.text")).to_contain_text("besieged in Madaya")
        assert not tab.wrong, tab.wrong
    finally:
        stop(process)


@pytest.mark.skipif("STATEMENT_NLP_PICTURES" not in os.environ, reason="pictures are taken on demand (docs/pages.md)")
def test_take_the_pictures_of_the_documentation(tab):
    port = free_port()
    database = os.environ["STATEMENT_NLP_PICTURES"]
    process = serving([COMMAND, "serve", "--db", database, "--port", str(port)], port)
    try:
        PICTURES.mkdir(parents=True, exist_ok=True)
        statement = "/statement/syria-2016-09-cessation-of-hostilities"
        for name, path in (("home", "/"), ("statement", statement)):
            ready(tab.page, f"http://127.0.0.1:{port}{path}")
            tab.page.set_viewport_size({"width": 1280, "height": 1000})
            file = PICTURES / f"{name}.png"
            tab.page.screenshot(
                path=file, clip={"x": 0, "y": 0, "width": 1280, "height": 940 if name == "home" else 800}
            )
            assert file.stat().st_size <= 250_000, f"{file} is too large for a README"
    finally:
        stop(process)
