"""axe-core, WCAG 2.2 AA: no violation on any kind of page, light and dark; and room to move on small screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import OpenPage
from tests.lib.published_site import IMPORTS, PAGES, TRADERS

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [*PAGES, f"{IMPORTS}#sort=statistical_value&page=28", "404.html"])
def test_axe_finds_nothing(open_page: OpenPage, path: str, scheme: str) -> None:
    page = open_page(path, color_scheme=scheme)
    if "#" in path:
        page.locator("td.hidden").first.wait_for()
    found = Axe().run(page, options={**RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", PAGES)
def test_a_page_opened_from_disk_fits_320_pixels(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=320, from_disk=True)
    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"  # the stylesheet has arrived
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", [IMPORTS, TRADERS])
def test_no_page_scrolls_sideways_at_twice_the_size(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=640)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640


@pytest.mark.parametrize("path", [IMPORTS, TRADERS])
def test_forced_colours_and_print_keep_the_figures(open_page: OpenPage, path: str) -> None:
    page = open_page(path, forced_colors="active")
    assert page.locator("#cells tbody tr").first.is_visible()
    page.emulate_media(media="print")
    assert page.locator("#cells tbody tr").first.is_visible()
    assert not page.locator("#tools").is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('#cells thead')).display") == "table-header-group"


def test_the_first_tab_stop_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page("index.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
