"""Every kind of page in every language: axe-core finds nothing, light and dark; it fits small screens and large type,
works from disk without JavaScript, and asks nobody else for anything (open_page fails on any complaint).

One visit a page: colours, width and type size are changed in place. In the dark scheme only rules that look at
colours are asked again, for nothing else is another (see the test of that).
"""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from publisher.publication.speech import is_spoken, place
from tests.browser.conftest import HEADINGS, OpenPage
from tests.lib.heading_site import HEADING_PAGES
from tests.lib.page_kinds import all_kinds, kind_of
from tests.lib.published_site import IMPORTS, PAGES, TRADERS

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


def spoken(pages: tuple[str, ...], folder: str = "") -> list[str]:
    """The pages below `folder`, and those of them that speak French."""
    french = [place(path, "fr") for path in pages if is_spoken(path)]
    return [folder + path for path in (*pages, *french)]


OPENED = [*spoken(PAGES), *spoken(HEADING_PAGES, HEADINGS)]


def test_every_kind_of_page_is_opened(site: Path) -> None:
    opened = {kind_of(site / path) for path in [*OPENED, "404.html"]}
    assert opened == all_kinds()
    french = {path for path in site.rglob("*.html") if "fr" in path.relative_to(site).parts}
    assert len(french) > 20
    assert {kind_of(site / path) for path in OPENED if "fr" in path.split("/")} == {kind_of(path) for path in french}


@pytest.mark.parametrize("path", [*OPENED, f"{IMPORTS}#sort=statistical_value&page=28", "404.html"])
def test_a_page_is_for_everybody(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    if "#" in path:
        page.locator("td.hidden").first.wait_for()
    assert violations(page, RULES) == []
    page.emulate_media(color_scheme="dark")
    assert violations(page, COLOURS) == []
    assert sideways(page, 320) == 0
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert sideways(page, 640) == 0


def test_the_dark_scheme_changes_nothing_but_colours(site: Path) -> None:
    text = (site / "assets" / "publisher.css").read_text("utf-8")
    dark = re.findall(r"@media \(prefers-color-scheme: dark\) \{\s*:root \{([^{}]*)\}\s*\}", text)
    assert len(dark) == text.count("prefers-color-scheme") > 0
    declared = [line.strip() for line in "".join(dark).split(";") if line.strip()]
    assert not [line for line in declared if not re.fullmatch(r"--[\w-]+: (#[0-9a-f]{3,8}|rgb\([0-9 ]+\))", line)]


def violations(page: Page, rules: dict[str, object]) -> list[str]:
    found = Axe().run(page, options={**rules, "resultTypes": ["violations"]})
    return [f"{one['id']}: {one['nodes'][0]['html']}" for one in found.response["violations"]]


def sideways(page: Page, width: int) -> int:
    """Pixels by which the page is wider than a screen of that width."""
    page.set_viewport_size({"width": width, "height": 900})
    return int(page.evaluate("document.documentElement.scrollWidth")) - width


@pytest.mark.parametrize("path", OPENED)
def test_a_page_from_disk_is_whole_without_a_script(open_page: OpenPage, path: str) -> None:
    page = open_page(path, width=320, from_disk=True, java_script_enabled=False)
    assert page.locator("h1").count() == 1
    assert page.evaluate("getComputedStyle(document.body).marginTop") == "0px"  # the stylesheet has arrived
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    files = page.locator("main a[download]")
    assert all(files.nth(number).is_visible() for number in range(files.count()))
    if kind_of_page(page) in ("table", "profile", "dataset"):
        assert files.count() > 0 or "no rows" in page.locator("main").inner_text()
    if kind_of_page(page) == "home":
        assert page.get_by_role("link", name="Search").first.is_visible()  # the printed index


def kind_of_page(page: Page) -> str:
    return page.locator("main").get_attribute("data-page") or ""


@pytest.mark.parametrize("path", ["index.html", "search.html", IMPORTS, TRADERS])
def test_scripts_run_from_disk(open_page: OpenPage, path: str) -> None:
    page = open_page(path, from_disk=True)
    assert page.locator("#search, #tools").first.is_visible()


@pytest.mark.parametrize("path", [IMPORTS, TRADERS, "commodities/09.html"])
def test_forced_colours_and_print_keep_the_figures(open_page: OpenPage, path: str) -> None:
    page = open_page(path, forced_colors="active")
    row, head = (page.locator(f"main table {part}").first for part in ("tbody tr", "thead"))
    assert row.is_visible()
    page.emulate_media(media="print")
    assert row.is_visible()
    assert not page.locator("#tools, .masthead nav").first.is_visible()
    assert head.evaluate("head => getComputedStyle(head).display") == "table-header-group"
