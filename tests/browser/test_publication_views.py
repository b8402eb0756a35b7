"""Views of a table: pinned totals, codes of a tree, measures, columns side by side, copies, files, explanations."""

import csv
import io
import re
from importlib import resources
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from publisher.publication.script import call
from tests.browser.conftest import OpenPage
from tests.browser.test_publication_accessibility import RULES
from tests.browser.test_publication_table import ROWS, cells, column
from tests.lib.protected_samples import COMMODITY, ORIGIN, suppression_sample
from tests.lib.published_site import IMPORTS, OVER_TIME, RELEASE, TRADERS

pytestmark = pytest.mark.browser

EVERYTHING = "#sort=-partner:150&code.commodity=I,09&level.partner=region&measures=net_mass&pivot=partner"
WHOLE = "data/imports_by_chapter_origin.csv"


def country_with_hidden_and_shown() -> str:
    """A country of which some chapters are shown and some are not."""
    rows = suppression_sample().table.cells.to_pylist()
    kinds: dict[int, set[bool]] = {}
    for row in rows:
        if COMMODITY.hierarchy.level_of[row["commodity"]] == 2 and ORIGIN.hierarchy.level_of[row["partner"]] == 2:
            kinds.setdefault(row["partner"], set()).add(row["statistical_value"] is None)
    return ORIGIN.hierarchy.codes[min(node for node, both in kinds.items() if len(both) == 2)]


def saved(page: Page) -> list[dict[str, str]]:
    with page.expect_download() as download:
        page.get_by_role("button", name="Save this view as CSV").click()
    expect(page.locator("#status")).to_contain_text(f"Saved as {download.value.suggested_filename}.")
    return list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text("utf-8"))))


def without_names(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [{name: text for name, text in row.items() if not name.endswith("_name")} for row in rows]


def test_the_order_is_that_of_a_comparison(open_page: OpenPage) -> None:
    """Negative numbers, ties, hidden cells, numbers up to 2**53: the same rows in the same order, both ways."""
    page = open_page("index.html")
    source = resources.files("publisher.publication").joinpath("script/order.js").read_text("utf-8")
    function = source[source.index("function ordered") :]
    assert page.evaluate(
        f"""() => {{ {function}
        const kinds = [() => NaN, (n) => n % 7 - 3, (n) => (n * 7919 % 1009 - 500) * 2 ** 43, (n) => n % 13 / 4];
        return [0, 1, 2, 5, 3000].every((size) => [false, true].every((down) => {{
          const keys = Float64Array.from({{ length: size }}, (_, n) => kinds[n % 4](n) + 0);
          const rows = Uint32Array.from({{ length: size }}, (_, n) => 3 * n + 1), sign = down ? -1 : 1;
          const wanted = Array.from(rows.keys()).sort((a, b) => {{
            const x = keys[a], y = keys[b];
            return (x !== x) - (y !== y) || (x === y || x !== x ? a - b : sign * (x - y));
          }});
          return ordered(rows, keys, down).join() === wanted.map((n) => rows[n]).join();
        }})); }}"""
    )


def test_who_comes_for_some_rows_is_led_to_them(open_page: OpenPage) -> None:
    page = open_page(f"{IMPORTS}#code.commodity=09")
    expect(page.locator("#status")).not_to_contain_text("Rows 1 to 100 of 2,810.")
    expect(page.locator("#tools")).to_be_in_viewport()
    expect(page.locator("#cells thead")).to_be_in_viewport()
    page = open_page(IMPORTS)
    expect(page.locator("h1")).to_be_in_viewport()


@pytest.mark.parametrize("sort", ["statistical_value", "-statistical_value", "commodity", "-partner"])
def test_the_total_stays_on_top(open_page: OpenPage, sort: str) -> None:
    page = open_page(f"{IMPORTS}#sort={sort}&page=2")
    expect(page.locator("#status")).to_contain_text("Rows 101 to 200")
    first = page.locator("#cells tbody tr").first
    expect(first).to_have_class("pinned")
    expect(first).to_contain_text("All commodities")
    assert page.locator("#cells tbody tr").count() == 101
    assert page.locator("#cells tr.pinned").count() == 1


def test_words_choose_rows_of_which_the_total_is_not_the_sum(open_page: OpenPage) -> None:
    page = open_page(f"{IMPORTS}#q=cayman")
    expect(page.locator("#status")).to_contain_text("Rows 1 to")
    assert page.locator("#cells tr.pinned").count() == 0


def test_codes_are_chosen_from_a_tree_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(IMPORTS, from_disk=True)
    summary = page.locator("[data-tree-of=commodity] > summary")
    summary.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label(re.compile("^Vegetable products"))).to_be_visible()
    page.get_by_text("Parts of II: 9", exact=True).focus()
    page.keyboard.press("Enter")
    coffee = page.get_by_label(re.compile("^Coffee, tea"))
    coffee.focus()
    page.keyboard.press("Space")
    expect(page.locator("#cells tr.pinned")).to_contain_text("Coffee, tea, mate and spices")
    assert all("Coffee" in text for text in column(page, 1))
    assert coffee.evaluate("box => box === document.activeElement")
    assert "code.commodity=09" in page.url
    expect(summary).to_have_text("Commodity: 1 chosen")
    section = page.get_by_label(re.compile("^Vegetable products"))
    section.check()
    expect(page.locator("#cells tr.pinned")).to_contain_text("Vegetable products")
    expect(coffee).to_be_checked()
    expect(coffee).to_be_disabled()
    assert "code.commodity=II" in page.url
    section.uncheck()
    expect(page.locator("#cells tr.pinned")).to_contain_text("All commodities")
    assert "code." not in page.url


def test_measures_are_chosen_and_one_stays(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Statistical value", exact=True).uncheck()
    expect(page.get_by_role("columnheader", name="Statistical value")).to_have_count(0)
    expect(page.get_by_label("Net mass", exact=True)).to_be_disabled()
    assert "measures=net_mass" in page.url
    assert page.locator("#cells tbody tr").first.locator("td.num").count() == 1
    assert "statistical_value" not in saved(page)[0]


def test_side_by_side_has_the_same_cells(open_page: OpenPage) -> None:
    view = "level.commodity=section&level.partner=region&code.partner=009,142,150"
    page = open_page(f"{IMPORTS}#{view}")
    expect(page.locator("#status")).to_contain_text("Rows 1 to")
    listed = {}
    for row in page.locator("#cells tbody tr:not(.pinned)").all():
        goods, place, value = (" ".join(cell.inner_text().split()) for cell in row.locator("th, td").all()[:3])
        listed[goods, place] = value
    page = open_page(f"{IMPORTS}#{view}&pivot=partner")
    expect(page.locator("#pivoted")).to_have_text("Columns: Country of origin. Figures: Statistical value KRW.")
    heads = [" ".join(text.split()) for text in page.locator("#cells thead th.pivot button").all_inner_texts()]
    assert len(heads) == 3
    seen = 0
    for row in page.locator("#cells tbody tr").all():
        goods, *values = (" ".join(cell.inner_text().split()) for cell in row.locator("th, td").all())
        for place, value in zip(heads, values, strict=True):
            assert value == listed.get((goods, place), "0")
            seen += (goods, place) in listed
    assert seen == len(listed) > 50


@pytest.mark.parametrize("direction", ["", "-"])
def test_hidden_cells_come_last_in_a_column_side_by_side(open_page: OpenPage, direction: str) -> None:
    code = country_with_hidden_and_shown()
    view = f"pivot=partner&level.commodity=chapter&code.partner={code}&sort={direction}partner:{code}"
    page = open_page(f"{IMPORTS}#{view}")
    expect(page.locator("#cells th[aria-sort]")).to_contain_text(code)
    kinds = page.locator("#cells tbody tr:not(.pinned) td").evaluate_all(
        "cells => cells.map(c => c.classList.contains('hidden'))"
    )
    assert len(set(kinds)) == 2
    assert kinds == sorted(kinds)


def test_there_are_at_most_twelve_columns(open_page: OpenPage) -> None:
    page = open_page(f"{IMPORTS}#pivot=partner&level.partner=country", width=320)
    expect(page.locator("#pivoted")).to_contain_text("Columns: the first 12 of ")
    assert page.locator("#cells th.pivot").count() == 12
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_back_from_side_by_side_is_what_was_there(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    before = cells(page)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_label("Side by side").select_option("commodity")
    expect(page.locator("#pivoted")).to_contain_text("Columns: the first 12 of 23")
    page.get_by_role("button", name="Show all").click()
    expect(page.locator("#cells th.pivot")).to_have_count(0)
    expect(page.locator("#pivoted")).to_be_empty()
    assert cells(page) == before


@pytest.mark.parametrize("from_disk", [False, True])
def test_everything_chosen_stands_in_the_address(open_page: OpenPage, from_disk: bool) -> None:
    page = open_page(IMPORTS + EVERYTHING, from_disk=from_disk)
    expect(page.locator("#pivoted")).to_have_text("Columns: Country of origin. Figures: Net mass kg.")
    expect(page.locator("#cells th[aria-sort=descending]")).to_contain_text("Europe")
    expect(page.locator("[data-tree-of=commodity] > summary")).to_have_text("Commodity: 2 chosen")
    assert {text.split(" ")[0] for text in column(page, 1)} == {
        "Live",
        "Animals;",
        "Meat",
        "Fish",
        "Dairy",
        "Animal",
        "Coffee,",
    }


@pytest.mark.parametrize(
    "broken", ["#code.commodity=NO", "#pivot=statistical_value", "#measures=x", "#sort=-partner:ZZ"]
)
def test_an_odd_choice_does_no_harm(open_page: OpenPage, broken: str) -> None:
    page = open_page(IMPORTS + broken)
    expect(page.locator("#status")).to_contain_text("Rows 1 to 100 of")


def test_a_citation_is_copied_with_its_view(open_page: OpenPage) -> None:
    page = open_page(f"{IMPORTS}#q=cayman", permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator("#status")).to_contain_text("Rows 1 to")
    page.get_by_role("button", name="Copy citation").click()
    expect(page.locator("#copied")).to_have_text("Copied, with the address of this view.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#citation").inner_text() + "#q=cayman"
    page.get_by_role("button", name="Copy BibTeX").click()
    expect(page.locator("#copied")).to_have_text("Copied, with the address of this view.")
    assert ".html#q=cayman}" in page.evaluate("navigator.clipboard.readText()")


@pytest.mark.parametrize("clipboard", ["navigator.clipboard", "undefined"])
def test_a_citation_is_copied_from_disk(open_page: OpenPage, clipboard: str) -> None:
    page = open_page(IMPORTS, from_disk=True)
    text = page.locator("#citation").inner_text()
    page.evaluate(f"Object.defineProperty(navigator, 'clipboard', {{value: {clipboard}}})")
    page.get_by_role("button", name="Copy citation").click()
    expect(page.locator("#copied")).to_have_text("Copied.")
    assert page.locator("#citation").inner_text() == text


def test_where_nothing_can_be_copied_the_text_is_selected(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    page.evaluate(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined}); document.execCommand = () => false"
    )
    page.get_by_role("button", name="Copy citation").click()
    expect(page.locator("#copied")).to_contain_text("The text is selected")
    assert page.evaluate("getSelection().toString()") == page.locator("#citation").inner_text()


def test_the_whole_view_is_the_whole_file(open_page: OpenPage, site: Path) -> None:
    whole = list(csv.DictReader((site / RELEASE / WHOLE).open(encoding="utf-8")))
    page = open_page(IMPORTS)
    rows = saved(page)
    assert without_names(rows) == whole
    assert rows[0]["commodity_name"] == "All commodities"
    page = open_page(TRADERS, from_disk=True)
    noisy = list(csv.DictReader((site / RELEASE / "data/traders_by_chapter_region.csv").open(encoding="utf-8")))
    assert without_names(saved(page)) == noisy


def test_a_view_is_saved_in_its_order(open_page: OpenPage, site: Path) -> None:
    whole = csv.DictReader((site / RELEASE / WHOLE).open(encoding="utf-8"))
    wanted = [row for row in whole if row["commodity"] in ("03", "09")]
    page = open_page(f"{IMPORTS}#code.commodity=09,03&sort=-statistical_value")
    expect(page.locator("#status")).to_contain_text("Rows 1 to")
    rows = without_names(saved(page))
    assert sorted(rows, key=lambda row: sorted(row.items())) == sorted(wanted, key=lambda row: sorted(row.items()))
    shown = [int(row["statistical_value"]) for row in rows if row["statistical_value"]]
    assert shown == sorted(shown, reverse=True)
    assert {row["obs_status"] + row["conf_status"] for row in rows if not row["statistical_value"]} == {"QC"}
    assert not any(row["statistical_value"] for row in rows[len(shown) :])


def test_a_name_that_begins_like_a_formula_is_kept_text(open_page: OpenPage) -> None:
    page = open_page(IMPORTS)
    names = {"002": "=1+1", "009": "@x", "019": '-2, "b"', "142": "+3", "150": "a, b", "_X": "n"}
    body = call("publisherNames", "COUNTRY", [*names], [*names.values()], "").decode()
    page.route("**/COUNTRY.region.en.js", lambda route: route.fulfill(body=body))
    named = {row["partner"]: row["partner_name"] for row in saved(page)}
    assert [named[code] for code in ("002", "009", "019", "142", "150")] == [
        "'=1+1",
        "'@x",
        '\'-2, "b"',
        "'+3",
        "a, b",
    ]


def test_a_blank_cell_is_explained_on_focus_and_on_hover(open_page: OpenPage) -> None:
    page = open_page(f"{IMPORTS}#sort=statistical_value&page=28")
    link = page.locator("td.hidden a").first
    link.focus()
    why = page.get_by_role("tooltip")
    expect(why).to_contain_text(re.compile(r"^Not shown, to protect companies\. .* in the range 0 to [\d,]+\."))
    assert link.get_attribute("aria-describedby") == why.get_attribute("id")
    page.keyboard.press("Escape")
    expect(why).to_be_hidden()
    assert link.get_attribute("aria-describedby") is None
    page.locator("td.hidden").nth(3).hover()
    expect(why).to_contain_text("Follow the link to read why.")
    why.hover()
    expect(why).to_be_visible()
    page.locator("h2").first.hover()
    expect(why).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_with_everything_open(open_page: OpenPage, scheme: str) -> None:
    page = open_page(f"{IMPORTS}#pivot=partner&code.commodity=09&page=1", color_scheme=scheme)
    expect(page.locator("#pivoted")).to_contain_text("Columns")
    for summary in page.locator(".chooser > summary").all():
        summary.click()
    expect(page.get_by_label(re.compile("^Coffee, tea"))).to_be_checked()  # its branch opens by itself
    page.get_by_role("button", name="Copy citation").click()
    found = Axe().run(page, options={**RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    assert page.locator("input:disabled").count() == 0


def test_names_that_do_not_arrive_are_said_to_be_missing(open_page: OpenPage) -> None:
    page = open_page(IMPORTS, refusals_expected=True)
    page.route("**/imports_by_chapter_origin.0.js", lambda route: route.abort())
    page.get_by_role("button", name="Net mass").click()
    expect(page.locator("#status")).to_contain_text("Sorted by Net mass, descending. Rows 1 to 100 of")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#status")).to_have_text("Some rows could not be loaded. The CSV file has all of them.")


@pytest.mark.parametrize("path", [IMPORTS, TRADERS])
def test_the_first_page_of_an_order_is_that_of_all_rows(open_page: OpenPage, path: str) -> None:
    """Every column, both ways: from the file of first pages alone, and from the shards."""
    early, whole = open_page(path, refusals_expected=True), open_page(f"{path}#q=o")
    early.route(re.compile(r"\.\d+\.js$"), lambda route: route.abort())
    expect(whole.locator("#status")).to_contain_text("Rows 1 to")  # all are here
    for head in early.locator("#cells thead th").all():
        column = head.get_attribute("data-sort")
        for view in (f"#sort={column}", f"#sort=-{column}"):
            shown = [_cells_of(page, view) for page in (early, whole)]
            assert shown[0] == shown[1], view
    assert early.locator("#place").inner_text() == whole.locator("#place").inner_text()


def _cells_of(page: Page, view: str) -> list[str]:
    page.evaluate("view => { document.querySelector('#cells tbody').dataset.old = ''; location.hash = view; }", view)
    expect(page.locator("#cells tbody[data-old]")).to_have_count(0)
    return cells(page)


def test_who_only_sorts_loads_no_shard_where_data_are_saved(open_page: OpenPage) -> None:
    asked = list[str]()
    page = open_page("index.html")
    page.add_init_script("Object.defineProperty(navigator, 'connection', {value: {saveData: true}})")
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    page.goto(page.url.removesuffix("index.html") + IMPORTS)
    page.get_by_role("button", name="Net mass").click()
    expect(page.locator("#status")).to_contain_text("Sorted by Net mass, descending.")
    assert "imports_by_chapter_origin.first.js" in asked
    assert "imports_by_chapter_origin.0.js" not in asked
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#status")).to_contain_text("Rows 101 to 200 of")
    assert "imports_by_chapter_origin.0.js" in asked


@pytest.mark.parametrize("from_disk", [False, True])
def test_the_view_goes_along_to_another_period(open_page: OpenPage, from_disk: bool) -> None:
    page = open_page(IMPORTS, from_disk=from_disk)
    page.get_by_role("button", name="Net mass").click()
    page.get_by_label("Country of origin: level").select_option("region")
    expect(page.locator("#status")).to_contain_text("Rows 1 to")
    page.get_by_role("link", name="Other periods").press("Enter")
    expect(page.get_by_text("These links keep the view")).to_be_visible()
    page.locator("main ul").get_by_role("link", name="February 2021").press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_contain_text("Net mass")
    expect(page.get_by_label("Country of origin: level")).to_have_value("region")
    assert "/2021-02/v2/tables/" in page.url and "sort=-net_mass" in page.url


def test_without_a_view_nothing_is_said_of_one(open_page: OpenPage) -> None:
    page = open_page(OVER_TIME)
    expect(page.get_by_text("These links keep the view")).to_be_hidden()
    assert "#" not in (page.locator("main ul a").first.get_attribute("href") or "#")


def test_all_of_it_by_keyboard_at_twice_the_size(open_page: OpenPage) -> None:
    """From the filter on with Tab, arrows, Space and Enter alone. 200 % zoom is half the width."""
    page = open_page(IMPORTS, width=640)
    status, seen = page.locator("#status"), list[str]()

    def tab_to(wanted: str) -> None:
        for _ in range(40):
            page.keyboard.press("Tab")
            seen.append(page.evaluate("document.activeElement.id || document.activeElement.textContent.trim()"))
            if seen[-1].startswith(wanted):
                return
        raise AssertionError(f"Tab does not lead to {wanted}: {seen}")

    page.locator("#filter").focus()
    page.keyboard.type("vegetable")
    expect(status).to_contain_text("of ")
    tab_to("level-commodity")
    page.keyboard.press("ArrowDown")
    tab_to("Columns")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.get_by_role("columnheader", name="Statistical value")).to_have_count(0)
    page.keyboard.press("Space")
    tab_to("pivot")
    page.keyboard.press("End")
    expect(page.locator("#pivoted")).to_contain_text("Columns: Country of origin.")
    tab_to("reset")
    page.keyboard.press("Enter")
    expect(status).to_contain_text(f"of {ROWS:,}")
    tab_to("save")
    with page.expect_download():
        page.keyboard.press("Enter")
    tab_to("Statistical value")
    page.keyboard.press("Enter")
    expect(status).to_contain_text("Sorted by Statistical value, descending.")
    assert page.evaluate("document.documentElement.scrollWidth") <= 640
    assert page.locator("#cells tbody tr").count() <= 1_000
