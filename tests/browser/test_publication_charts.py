"""Charts in a browser: light, dark, forced colours, on a phone, printed, by keyboard, and as files."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.conftest import HEADINGS, OpenPage
from tests.browser.test_publication_accessibility import RULES
from tests.lib.charts import every_kind
from tests.lib.published_site import IMPORTS, RELEASE, TRADERS

pytestmark = pytest.mark.browser

STICKS_OUT = """() => {
  const out = [];
  for (const graph of document.querySelectorAll("svg.graph")) {
    const edge = graph.getBoundingClientRect();
    for (const text of graph.querySelectorAll("text")) {
      const box = text.getBoundingClientRect();
      if (box.width && (box.left < edge.left - 1 || box.right > edge.right + 1)) out.push(text.textContent);
    }
  }
  return out;
}"""


@pytest.fixture(scope="module")
def gallery(site: Path) -> str:
    """A page with a chart of each kind, beside an edition's stylesheet."""
    figures = "".join(f"<figure>{chart.__html__()}</figure>" for chart in every_kind())
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Charts</title>'
    links = '<link rel="icon" href="assets/icon.svg"><link rel="stylesheet" href="assets/publisher.css">'
    body = f'<main><h1>Charts</h1><section class="figures">{figures}</section></main>'
    (site / RELEASE / "gallery.html").write_text(f'<!doctype html><html lang="en">{head}{links}{body}', "utf-8")
    return f"{RELEASE}gallery.html"


@pytest.mark.parametrize("width", [320, 1280])
def test_no_words_of_a_chart_stick_out_of_it(open_page: OpenPage, gallery: str, width: int) -> None:
    for path in (IMPORTS, TRADERS, gallery):
        page = open_page(path, width=width)
        assert page.evaluate(STICKS_OUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_kind_of_chart(open_page: OpenPage, gallery: str, scheme: str) -> None:
    found = Axe().run(open_page(gallery, color_scheme=scheme), options={**RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


def test_the_table_of_a_chart_opens_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(TRADERS)
    summary = page.locator(".figures summary").first
    assert not page.locator(".figures details table").first.is_visible()
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator(".figures details table").first.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Save as SVG")


@pytest.mark.parametrize("path", [f"{HEADINGS}commodities/0901.html", f"{HEADINGS}fr/commodities/index.html"])
def test_arrow_keys_read_what_marks_say_and_a_pointer_does(open_page: OpenPage, path: str) -> None:
    figure = open_page(path).locator("figure").first
    said = figure.locator(".graph :is(rect, path) > title").all_text_contents()
    told = figure.locator(".told")
    figure.locator(".graph").focus()
    for key, words in (("ArrowLeft", said[-1]), ("ArrowRight", said[-1]), ("Home", said[0]), ("ArrowRight", said[1])):
        figure.page.keyboard.press(key)
        assert told.inner_text() == words
    assert figure.locator(".lit").count() == 1
    figure.locator(".graph :is(rect, path):has(> title)").last.hover()
    assert told.inner_text() == said[-1]


@pytest.mark.parametrize(
    ("path", "from_disk"),
    [(f"{HEADINGS}commodities/0901.html", True), (RELEASE + "index.html", False), (IMPORTS, False)],
)
def test_a_chart_is_saved_as_a_picture(open_page: OpenPage, path: str, from_disk: bool) -> None:
    """From the page's own drawing, and from the file of a sealed page, under the policy of both."""
    page = open_page(path, from_disk=from_disk, color_scheme="dark")
    with page.expect_download() as saved:
        page.locator("[data-as=png]").first.click()
    assert saved.value.suggested_filename.endswith(".png")
    assert saved.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_drawing_that_is_saved_has_light_colours_title_and_source(open_page: OpenPage) -> None:
    page = open_page(f"{HEADINGS}commodities/0901.html", color_scheme="dark")
    page.locator(".graph").first.focus()
    page.keyboard.press("Home")  # what is lit on the page is not in the file
    with page.expect_download() as saved:
        page.locator("[data-as=svg]").first.click()
    text = saved.value.path().read_text("utf-8")
    assert saved.value.suggested_filename == "imports-0901.svg"
    assert "Source: Office of Trade Statistics, Imports." in text
    assert 'stroke="rgb(47, 109, 150)"' in text  # --bar in light
    assert 'fill-opacity="0.12"' not in text


def test_a_chart_keeps_its_marks_in_forced_colours_and_print(open_page: OpenPage) -> None:
    page = open_page(TRADERS, forced_colors="active")
    bar, track = (page.locator(f".graph .{look}").first for look in ("bar-noisy", "track"))
    fills = [mark.evaluate("mark => getComputedStyle(mark).fill") for mark in (bar, track)]
    assert fills[0] != fills[1]
    page.emulate_media(media="print")
    assert page.locator(".graph").first.is_visible()
    assert not page.locator(".figures .ways").first.is_visible()


def test_a_saved_chart_opens_alone_under_the_policy_of_the_server(browser: Browser, served: str) -> None:
    page = browser.new_page()
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text))
    page.goto(f"{served}{RELEASE}charts/traders_by_chapter_region-commodity.svg")
    assert page.evaluate("document.querySelectorAll('text').length") > 10
    assert page.evaluate("getComputedStyle(document.querySelector('text')).fontSize") == "16px"
    assert not [text for text in trouble if "Content Security Policy" in text]  # a file alone asks for an icon
    page.close()
