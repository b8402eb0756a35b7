"""Without a mouse: every stop is seen, in the order of reading; skip link, masthead, search, languages, disclosures.

Sorting, filtering and paging of a table by keyboard: test_publication_table.py, test_publication_views.py.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.lib.published_site import RELEASE

pytestmark = pytest.mark.browser

STOPS = 24  # of a page: masthead, languages, trail and what stands on the first screens
STOP = """() => {
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect();
  const place = [...document.querySelectorAll("*")].indexOf(at);
  const seen = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return {place, seen, ring: look.outlineStyle !== "none" && parseFloat(look.outlineWidth) >= 2};
}"""


WIDE = ("index.html", "fr/index.html", RELEASE + "index.html", "commodities/09.html", "search.html", "calendar.html")
NARROW = ("index.html", "fr/commodities/09.html")


@pytest.mark.parametrize(("path", "width"), [*((path, 1280) for path in WIDE), *((path, 360) for path in NARROW)])
def test_every_stop_is_seen_and_in_order(open_page: OpenPage, path: str, width: int) -> None:
    page = open_page(path, width=width)
    places = []
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        assert stop["seen"] and stop["ring"], page.evaluate("document.activeElement.outerHTML")
        places.append(stop["place"])
    assert places == sorted(set(places))  # none twice, none backwards: nothing holds the focus
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(STOP)["place"] == places[-2]


def test_the_first_stop_skips_to_the_content(open_page: OpenPage) -> None:
    page = open_page("index.html")
    assert not page.evaluate("document.querySelector('.skip').getBoundingClientRect().bottom > 0")
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "search-box"


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent")).strip()


def tab_to(page: Page, text: str) -> None:
    """At most 40 presses. Raises AssertionError where nothing of that name can be reached."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if focused(page).startswith(text):
            return
    raise AssertionError(text)


def test_languages_and_sections_are_reached(open_page: OpenPage) -> None:
    page = open_page("index.html")
    tab_to(page, "Commodities")
    page.keyboard.press("Enter")
    page.wait_for_url("**/commodities/index.html")
    tab_to(page, "II Vegetable products")
    page.keyboard.press("Enter")
    page.wait_for_url("**/commodities/II.html")
    page.go_back()
    page.go_back()
    tab_to(page, "Français")
    page.keyboard.press("Enter")
    page.wait_for_url("**/fr/index.html")
    assert page.locator("html").get_attribute("lang") == "fr"
    expect(page.get_by_role("navigation", name="Langue").locator("[aria-current]")).to_have_text("Français")


def test_a_search_leads_to_a_profile(open_page: OpenPage) -> None:
    page = open_page("index.html")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("coffee")
    expect(page.locator("#search-list li").first).to_contain_text("Coffee, tea, mate and spices")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/commodities/09.html")


def test_a_picture_unfolds_its_figures(open_page: OpenPage) -> None:
    page = open_page(RELEASE + "tables/traders_by_chapter_region.html")
    summary = page.locator(".figures summary").first
    summary.focus()
    page.keyboard.press("Space")
    expect(page.locator(".figures details table").first).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".figures details table").first).to_be_hidden()
