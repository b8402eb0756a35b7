"""The table page's script: sort, filter, page, deep links, by keyboard, from disk; and the page without it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from publisher.publication.serve import POLICY
from tests.browser.conftest import OpenPage
from tests.lib.protected_samples import suppression_sample
from tests.lib.published_site import EXPORTS, IMPORTS, TRADERS

pytestmark = pytest.mark.browser

ROWS = suppression_sample().table.cells.num_rows


def column(page: Page, position: int) -> list[str]:
    return page.locator(f"#cells tbody tr > :nth-child({position})").all_inner_texts()


def numbers(page: Page, position: int) -> list[int]:
    return [int(text.replace(",", "")) for text in column(page, position)]


def cells(page: Page) -> list[str]:
    """Text and class of every cell, white space aside."""
    script = (
        "rows => rows.map(row => Array.from(row.cells, c => c.tagName + c.className + '|' + c.textContent)).flat()"
    )
    return [" ".join(text.split()) for text in page.locator("#cells tbody tr").evaluate_all(script)]


@pytest.mark.parametrize("path", [IMPORTS, TRADERS])
def test_script_and_template_print_the_same_rows(open_page: OpenPage, path: str) -> None:
    page = open_page(path)
    before = cells(page)
    page.get_by_role("button", name="Show all").click()
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#status")).to_contain_text("Rows 101 to")
    page.get_by_role("button", name="Previous").click()
    expect(page.locator("#status")).to_contain_text("Rows 1 to 100")
    assert cells(page) == before


@pytest.mark.parametrize("from_disk", [False, True])
def test_sort_by_keyboard(open_page: OpenPage, from_disk: bool) -> None:
    page = open_page(IMPORTS, from_disk=from_disk)
    head = page.locator("#cells th[data-measure=statistical_value]")
    button = head.get_by_role("button")
    button.focus()
    page.keyboard.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#status")).to_contain_text("Sorted by Statistical value, descending. Rows 1 to 100")
    assert numbers(page, 3)[1:] == sorted(numbers(page, 3)[1:], reverse=True)
    assert button.evaluate("button => button === document.activeElement")
    page.keyboard.press("Space")
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#status")).to_contain_text("ascending")
    assert numbers(page, 3)[1:] == sorted(numbers(page, 3)[1:])  # the first row is the total, whatever its size
    page.keyboard.press("Enter")
    expect(page.locator("#status")).to_contain_text("own order")
    assert head.get_attribute("aria-sort") is None


@pytest.mark.parametrize("direction", ["", "-"])
def test_hidden_cells_come_last_either_way(open_page: OpenPage, direction: str) -> None:
    page = open_page(f"{IMPORTS}#sort={direction}statistical_value&page=999")
    expect(page.locator("#status")).to_contain_text(f"of {ROWS:,}")
    hidden = page.locator("#cells tbody tr:last-child td.hidden").first
    expect(hidden).to_contain_text("not shown")
    expect(hidden).to_contain_text("range 0 to ")
    hidden.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Why is this cell blank?")).to_be_in_viewport()


def test_filter_by_text_and_level(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    page.get_by_label("Filter by name or code").fill("Cayman")
    expect(page.locator("#cells tbody tr").first).to_contain_text("Cayman Islands")
    assert all("Cayman Islands" in text for text in column(page, 2))
    page.get_by_label("Commodity: level").select_option("chapter")
    expect(page.locator("#cells tbody tr").first).to_contain_text("chapter")
    assert all("chapter" in text for text in column(page, 1))
    assert "q=cayman" in page.url
    assert "level.commodity=chapter" in page.url
    page.get_by_label("Filter by name or code").fill("nothing like this")
    expect(page.locator("#status")).to_have_text("No row matches. Try fewer words, another level or other codes.")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#status")).to_contain_text(f"Rows 1 to 100 of {ROWS:,}")


def test_words_may_be_spread_over_the_columns(open_page: OpenPage) -> None:
    page = open_page(f"{IMPORTS}#q=total+cayman")
    expect(page.locator("#status")).not_to_contain_text("2,8")
    page.goto(page.url.split("#", maxsplit=1)[0] + "#q=all+commodities+cayman")
    expect(page.locator("#cells tbody tr").first).to_contain_text("Cayman Islands")


@pytest.mark.parametrize("from_disk", [False, True])
def test_a_view_is_an_address(open_page: OpenPage, from_disk: bool) -> None:
    page = open_page(f"{IMPORTS}#sort=-net_mass&level.partner=region&page=2", from_disk=from_disk)
    expect(page.locator("#place")).to_contain_text("Page 2 of")
    expect(page.get_by_label("Country of origin: level")).to_have_value("region")
    assert all("region" in text for text in column(page, 2)[1:])
    assert "total" in column(page, 2)[0]
    second = cells(page)
    page.get_by_role("button", name="Previous").press("Enter")
    expect(page.locator("#place")).to_contain_text("Page 1 of")
    assert cells(page) != second


@pytest.mark.parametrize("broken", ["#sort=nonsense", "#page=-3", "#page=x&level.commodity=moon", "#main", "#q=%ZZ"])
def test_an_odd_address_does_no_harm(open_page: OpenPage, broken: str) -> None:
    page = open_page(IMPORTS + broken)
    expect(page.locator("#tools")).to_be_visible()
    expect(page.locator("#status")).to_contain_text("row" if "q=" in broken else f"Rows 1 to 100 of {ROWS:,}")


def test_paging_stops_at_the_ends(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    expect(page.get_by_role("button", name="Previous")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("button", name="Previous")).to_have_attribute("aria-disabled", "false")
    assert page.locator("#cells tbody tr:not(.pinned)").count() == 100


def test_an_empty_table_has_no_controls(open_page: OpenPage) -> None:
    page = open_page(EXPORTS)
    assert page.locator("#tools").count() == 0
    expect(page.get_by_text("This table has no rows for March 2021.")).to_be_visible()


def test_without_javascript_the_figures_are_there(open_page: OpenPage) -> None:
    page = open_page(IMPORTS, java_script_enabled=False)
    assert page.locator("#cells tbody tr").count() == 100
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator("#pager")).to_be_hidden()
    expect(page.get_by_text("as they come without JavaScript")).to_be_visible()
    expect(page.get_by_role("columnheader", name="Statistical value")).to_be_visible()


def test_the_policy_holds(open_page: OpenPage, site: Path) -> None:
    """An inline script that slips into a page does not run, from disk either."""
    text = (site / "index.html").read_text("utf-8")
    (site / "slip.html").write_text(
        text.replace("</body>", "<script>document.title = 'ran'</script></body>"), "utf-8"
    )
    page = open_page("slip.html", from_disk=True, refusals_expected=True)
    assert page.title() != "ran"
    assert "unsafe" not in POLICY
