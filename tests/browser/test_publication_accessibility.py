"""Every kind of page in every language: axe-core finds nothing, light and dark; it fits small screens and large type,
works from disk without JavaScript, and neither complains (of its policy, say) nor asks anybody else for anything.

One visit a page: colours, width and type size are changed in place. In the dark scheme only rules that look at
colours are asked again, for nothing else is another (see the test of that).
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, ViewportSize

from publisher.publication.speech import is_spoken, place
from tests.browser.conftest import HEADINGS, OpenPage, Trouble
from tests.lib.heading_site import HEADING_PAGES
from tests.lib.page_kinds import all_kinds, kind_of
from tests.lib.published_site import IMPORTS, PAGES, TRADERS

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
PHONE: ViewportSize = {"width": 320, "height": 800}
VIOLATIONS = """options => axe.run(document, {...options, resultTypes: ["violations"]}).then(
  found => found.violations.map(one => `${one.id}: ${one.nodes[0].html}`))"""
UNSEEN = """() => [...document.querySelectorAll("main a[download]")].filter(
  link => !link.checkVisibility()).map(link => link.href)"""


def spoken(pages: tuple[str, ...], folder: str = "") -> list[str]:
    """The pages below `folder`, and those of them that speak French."""
    french = [place(path, "fr") for path in pages if is_spoken(path)]
    return [folder + path for path in (*pages, *french)]


OPENED = [*spoken(PAGES), *spoken(HEADING_PAGES, HEADINGS)]


@pytest.fixture(scope="module")
def visited(browser: Browser, served: str) -> Iterator[tuple[Page, Trouble]]:
    """One page for all visits, and what it complains about."""
    context, trouble = browser.new_context(), Trouble()
    page = context.new_page()
    trouble.watch(page, served)
    yield page, trouble
    context.close()


@pytest.fixture(scope="module")
def without_script(browser: Browser, site: Path) -> Iterator[tuple[Page, Trouble]]:
    context, trouble = browser.new_context(viewport=PHONE, java_script_enabled=False), Trouble()
    page = context.new_page()
    trouble.watch(page, f"{site.as_uri()}/")
    yield page, trouble
    context.close()


def test_every_kind_of_page_is_opened(site: Path) -> None:
    opened = {kind_of(site / path) for path in [*OPENED, "404.html"]}
    assert opened == all_kinds()
    french = {path for path in site.rglob("*.html") if "fr" in path.relative_to(site).parts}
    assert len(french) > 20
    assert {kind_of(site / path) for path in OPENED if "fr" in path.split("/")} == {kind_of(path) for path in french}


@pytest.mark.parametrize("path", [*OPENED, f"{IMPORTS}#sort=statistical_value&page=28", "404.html"])
def test_a_page_is_for_everybody(visited: tuple[Page, Trouble], served: str, path: str) -> None:
    page, trouble = visited
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("about:blank")
    page.goto(served + path)
    if "#" in path:
        page.locator("td.hidden").first.wait_for()
    page.evaluate(AXE_SCRIPT)
    assert page.evaluate(VIOLATIONS, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(VIOLATIONS, COLOURS) == []
    assert sideways(page, 320) == 0
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page, 640) == 0
    assert trouble == []


def sideways(page: Page, width: int) -> int:
    """Pixels by which the page is wider than a screen of that width."""
    page.set_viewport_size({"width": width, "height": 900})
    return int(page.evaluate("document.documentElement.scrollWidth")) - width


@pytest.mark.parametrize("path", OPENED)
def test_a_page_from_disk_is_whole_without_a_script(
    without_script: tuple[Page, Trouble], site: Path, path: str
) -> None:
    page, trouble = without_script
    page.goto((site / path).as_uri())
    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"  # the stylesheet has arrived
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert page.evaluate(UNSEEN) == []
    kind = kind_of(site / path)
    if kind in ("table", "profile", "dataset"):
        text = page.locator("main").inner_text()
        assert page.locator("main a[download]").count() or "no rows" in text or "aucune ligne" in text
    if kind == "home":
        assert page.locator("main a[href$='search.html']").first.is_visible()  # the printed index
    assert trouble == []


@pytest.mark.parametrize("path", ["index.html", "search.html", IMPORTS, TRADERS])
def test_scripts_run_from_disk(open_page: OpenPage, path: str) -> None:
    page = open_page(path, from_disk=True)
    assert page.locator("#search, #tools").first.is_visible()


@pytest.mark.parametrize(
    ("path", "table"), [(IMPORTS, "#cells"), (TRADERS, "#cells"), ("partners/CN.html", ".scroll table")]
)
def test_forced_colours_and_print_keep_the_figures(open_page: OpenPage, path: str, table: str) -> None:
    page = open_page(path, forced_colors="active")
    row, head = (page.locator(f"{table} {part}").first for part in ("tbody tr", "thead"))
    assert row.is_visible()
    page.emulate_media(media="print")
    assert row.is_visible()
    assert not page.locator("#tools, .masthead nav").first.is_visible()
    for status in page.locator("#status").all():
        assert status.is_visible()  # which of its rows a printed table has
    for button in page.locator(f"{table} .sort").all():
        assert button.evaluate("button => getComputedStyle(button).display") == "contents"  # else blank on page two
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
