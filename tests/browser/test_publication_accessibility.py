"""axe-core, WCAG 2.2 AA: no violation on any kind of page, light and dark; and room to move on small screens."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import OpenPage
from tests.lib.published_site import IMPORTS, PAGES, TRADERS

pytestmark = pytest.mark.browser

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_ON_COLOURS = ["color-contrast", "link-in-text-block"]


@pytest.mark.parametrize("path", [*PAGES, f"{IMPORTS}#sort=statistical_value&page=28", "404.html"])
def test_axe_finds_nothing(open_page: OpenPage, path: str) -> None:
    """Every rule in the light scheme; in the dark one, which only has other colours, the rules that look at them."""
    page = open_page(path, color_scheme="light")
    if "#" in path:
        page.locator("td.hidden").first.wait_for()
    for scheme, rules in (("light", RULES), ("dark", RULES_ON_COLOURS)):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"runOnly": rules, "resultTypes": ["violations"]})
        assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"


def test_the_dark_scheme_changes_nothing_but_colours(site: Path) -> None:
    text = (site / "assets" / "publisher.css").read_text("utf-8")
    dark = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^{}]*)\}\s*\}", text)
    assert len(dark) == text.count("prefers-color-scheme") > 0
    declared = [line.strip() for line in "".join(dark).split(";") if line.strip()]
    assert not [line for line in declared if not re.fullmatch(r"--[\w-]+: (#[0-9a-f]{3,8}|rgb\([0-9 ]+\))", line)]


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
