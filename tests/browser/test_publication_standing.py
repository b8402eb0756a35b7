"""A sealed page says that it was replaced, in its own words, where the site around it tells so; and nothing else."""

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenPage
from tests.lib.published_site import IMPORTS

pytestmark = pytest.mark.browser

OLD = "releases/monthly_trade/2021-02/v1/"


@pytest.mark.parametrize(
    ("name", "from_disk"), [("index.html", False), ("tables/imports_by_chapter_origin.html", True)]
)
def test_a_replaced_version_leads_to_all_versions(open_page: OpenPage, name: str, from_disk: bool) -> None:
    page = open_page(OLD + name, from_disk=from_disk)
    told = page.get_by_role("link", name="Replaced by version 2")
    expect(told).to_be_visible()
    told.press("Enter")
    expect(page).to_have_url(re.compile("/releases/monthly_trade/2021-02/index.html$"))


def test_who_is_led_to_some_rows_still_sees_that_they_were_replaced(open_page: OpenPage) -> None:
    page = open_page(OLD + "tables/imports_by_chapter_origin.html#code.commodity=09", width=360)
    expect(page.locator("#tools")).to_be_in_viewport()
    expect(page.locator("h1")).not_to_be_in_viewport()
    expect(page.get_by_role("link", name="Replaced by version 2")).to_be_in_viewport()


def test_the_version_that_holds_says_nothing(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    page.wait_for_load_state("networkidle")
    expect(page.locator("#standing")).to_be_hidden()


ANSWERS = {
    "publisherStanding(3, true)": "Replaced by version 3",
    "publisherStanding(3, false)": "Version 3 was withdrawn; there is no current one",
    "publisherStanding(2, false)": "Version 2 was withdrawn; there is no current one",
    "publisherStanding(2, true)": "",
    "publisherStanding(1, true)": "",
    "publisherStanding('<b>9</b>', true)": "",
    "publisherStanding('9 is all wrong', false)": "",
    "publisherStanding(1e400, false)": "",
    "publisherStanding()": "",
}


def test_the_site_can_make_a_page_say_its_own_words_only(open_page: OpenPage) -> None:
    page = open_page(OLD.replace("v1", "v2") + "index.html")
    page.wait_for_load_state("networkidle")
    said = {}
    for answer in ANSWERS:
        page.evaluate(f"document.getElementById('standing').textContent = ''; {answer}")
        said[answer] = page.locator("#standing").inner_text()
    assert said == ANSWERS


def test_an_edition_opened_apart_from_a_site_is_whole(browser: Browser, site: Path, tmp_path: Path) -> None:
    """The file is missing: no words, no error on the page."""
    shutil.copytree(site / OLD, tmp_path / "edition")
    page, errors = browser.new_page(), list[str]()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((tmp_path / "edition/tables/imports_by_chapter_origin.html").as_uri())
    page.get_by_role("button", name="Net mass").click()
    expect(page.locator("#status")).to_contain_text("Sorted by Net mass")
    expect(page.locator("#standing")).to_be_hidden()
    assert not errors
    page.close()
