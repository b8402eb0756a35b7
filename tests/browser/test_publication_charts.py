"""Charts in a browser: light, dark, forced colours, on a phone, printed, by keyboard, and as files."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from publisher.publication.chart import HIDDEN, HeatRow, growth, heat, shown
from publisher.publication.pages import environment
from publisher.publication.profile.growth_map import MOST_ROWS
from publisher.publication.tables.chart_figure import ChartFigure, ChartLine
from tests.browser.conftest import HEADINGS, OpenPage
from tests.browser.test_publication_accessibility import RULES
from tests.lib.charts import PERIODS, every_kind
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


SAID = """figure => {
  const own = figure.querySelector("table");
  const beside = own || figure.parentNode.nextElementSibling.querySelector("table");
  const texts = (cells) => cells.map((cell) => cell.textContent.trim() || "\u2013").join(" \u00b7 ");
  const [head, ...rows] = [...beside.rows].map((row) => [...row.cells]);
  if (!own) return rows.map((cells) => texts(cells.slice(0, 2))).reverse();
  const code = (cells) => cells[0].querySelector(".code");
  return rows.flatMap((cells) => cells.slice(1).map((cell, n) => texts([code(cells), head[n + 1], cell])));
}"""


@pytest.fixture(scope="module")
def large_map(site: Path) -> str:
    """A growth map of as many rows as there can be, on a page of its own."""
    grown = [growth(shown(100), shown(60 + 7 * n)) for n in range(12)] + [growth(HIDDEN, shown(1))]
    rows = [HeatRow(f"Name {n}", f"{n:02}", tuple(grown[n % 13 :] + grown[: n % 13])) for n in range(MOST_ROWS)]
    lines = tuple(
        ChartLine(row.name, row.code, tuple(str(each.percent or "") for each in row.growths)) for row in rows
    )
    chart = ChartFigure(
        heat("map", "A title", "In words", rows, PERIODS[:13]), False, "x", "y", "", ("", *PERIODS[:13]), lines
    )
    body = environment().get_template("charts.html").module.drawn(chart)  # type: ignore[attr-defined]
    head = (
        '<meta charset="utf-8"><link rel="icon" href="assets/icon.svg"><script defer src="assets/charts.js"></script>'
    )
    (site / RELEASE / "map.html").write_text(f"<!doctype html><html lang=en>{head}<title>Map</title>{body}", "utf-8")
    return f"{RELEASE}map.html"


@pytest.mark.parametrize(
    "path", [f"{HEADINGS}commodities/0901.html", f"{HEADINGS}fr/commodities/index.html", "large_map"]
)
def test_arrow_keys_and_a_pointer_read_what_the_table_beside_says(
    open_page: OpenPage, path: str, request: pytest.FixtureRequest
) -> None:
    figure = open_page(request.getfixturevalue(path) if path == "large_map" else path).locator("figure").first
    said, told = figure.evaluate(SAID), figure.locator(".told")
    wide = figure.locator("thead tr th").count() - 1
    figure.locator(".graph").focus()
    keys = [("ArrowLeft", -1), ("ArrowRight", -1), ("Home", 0), ("ArrowUp", 0), ("ArrowRight", 1), ("End", -1)]
    keys += [("Home", 0), ("ArrowDown", wide)] if wide > 0 else [("Home", 0), ("ArrowDown", 0)]
    for key, place in keys:
        figure.page.keyboard.press(key)
        assert told.inner_text() == said[place]
    frame = figure.locator(".frame")
    assert figure.locator(".lit").count() == 1
    box = frame.bounding_box()  # where the keys have put it, the pointer finds the same
    assert box is not None
    figure.page.keyboard.press("End")
    figure.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert told.inner_text() == said[max(wide, 0)]


def test_arrow_keys_and_a_pointer_read_what_marks_say(open_page: OpenPage) -> None:
    figure = open_page(f"{RELEASE}index.html").locator("figure:has(.area)").first
    said = figure.locator(".graph :is(rect, path) > title").all_text_contents()
    told = figure.locator(".told")
    figure.locator(".graph").focus()
    for key, words in (("ArrowLeft", said[-1]), ("ArrowDown", said[-1]), ("Home", said[0]), ("ArrowRight", said[1])):
        figure.page.keyboard.press(key)
        assert told.inner_text() == words
    figure.locator(".graph :is(rect, path):has(> title)").first.hover()
    assert told.inner_text() == said[0]
    assert figure.locator(".lit").count() == 1


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
