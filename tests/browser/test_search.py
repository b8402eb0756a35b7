"""The search box: by keyboard, with slips, synonyms and codes, from disk; and the index without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser


@pytest.fixture
def home(open_page: OpenPage) -> Page:
    """From disk: no server answers it."""
    page = open_page("index.html", from_disk=True)
    page.locator("#search-box").focus()
    page.wait_for_selector("script[src$='search-index.js']", state="attached")
    return page


def found(page: Page, text: str) -> list[str]:
    """The lines of the list but the last, which leads to all results."""
    page.locator("#search-box").fill(text)
    expect(page.locator("#search-status")).to_contain_text(re.compile("Found|No name"))
    return page.locator("#search-list li").all_text_contents()[:-1]


def test_the_index_is_loaded_only_when_the_box_is_used(open_page: OpenPage) -> None:
    page = open_page("index.html", from_disk=True)
    assert page.locator("script[src$='search-index.js']").count() == 0


#   typed                 first line begins with
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("coffee", "Coffee, tea, mate"),
        ("cofee", "Coffee, tea, mate"),  # a slip
        ("phones", "Electrical machinery"),  # a synonym: 8517, whose chapter the tables have
        ("8517", "Electrical machinery"),
        ("090111", "Coffee, tea, mate"),  # finer than any code of the tables
        ("09", "Coffee, tea, mate"),
        ("KR", "South Korea"),  # and not Ukraine
        ("south korea", "South Korea"),
        ("TÜRKEI", "Türkiye"),
        ("brazil", "Brazil BR · Country, no figures in the newest tables"),
        ("blank cell", "Why is this cell blank?"),
        ("imports by chapter", "Imports by chapter and country of origin Table"),
    ],
)
def test_what_is_typed_finds(home: Page, typed: str, first: str) -> None:
    assert found(home, typed)[0].startswith(first)


def test_equal_fits_come_in_order_of_level_and_code(home: Page) -> None:
    lines = found(home, "textile")
    assert [line.split(" · ")[1] for line in lines] == sorted(
        (line.split(" · ")[1] for line in lines), key=("Section", "Chapter").index
    )
    assert found(home, "korea") == ["North Korea KP · Country", "South Korea KR · Country"]
    assert found(home, "sweden and norway") == ["Norway NO · Country", "Sweden SE · Country"]


def test_nothing_found_is_said(home: Page) -> None:
    home.locator("#search-box").fill("xqzzt")
    expect(home.locator("#search-status")).to_contain_text("No name or code matches")
    assert home.locator("#search-box").get_attribute("aria-expanded") == "false"


def test_the_list_is_walked_with_the_keyboard(home: Page) -> None:
    box = home.locator("#search-box")
    found(home, "korea")
    assert box.get_attribute("aria-expanded") == "true"
    home.keyboard.press("ArrowDown")
    home.keyboard.press("ArrowDown")
    assert box.get_attribute("aria-activedescendant") == "search-1"
    assert home.locator("#search-1").get_attribute("aria-selected") == "true"
    home.keyboard.press("Escape")
    assert box.get_attribute("aria-expanded") == "false"
    home.keyboard.press("ArrowUp")  # opens it again, at its end
    home.keyboard.press("ArrowUp")
    home.keyboard.press("Enter")
    home.wait_for_url("**/partners/KR.html")


def test_enter_without_a_choice_leads_to_all_results(home: Page) -> None:
    found(home, "coffee")
    home.keyboard.press("Enter")
    home.wait_for_url("**/search.html#q=coffee")
    home.wait_for_selector("#search-list li")
    assert home.locator("#search-list li a").first.text_content() == "Coffee, tea, mate and spices"


def test_without_javascript_there_is_the_index_and_no_box(open_page: OpenPage) -> None:
    page = open_page("search.html", from_disk=True, java_script_enabled=False)
    assert not page.locator("#search").is_visible()
    assert page.locator("a", has_text="Coffee, tea, mate and spices").is_visible()
