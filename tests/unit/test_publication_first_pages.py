"""The first page of every order: that of a plain sort, with ties, hidden numbers, totals, numbers beyond a double."""

import json
from itertools import accumulate
from pathlib import Path

import numpy as np

from publisher.publication.tables.codes import used_codes
from publisher.publication.tables.display import PAGE_ROWS
from publisher.publication.tables.first_pages import first_pages
from publisher.publication.tables.published import Published, publishable
from publisher.publication.tables.shards import write_shards
from tests.lib.protected_samples import suppression_sample
from tests.lib.site_samples import Cells, small

VALUE = "statistical_value"


def pages_of(published: Published) -> dict[str, tuple[list[int], list[int]]]:
    pages = first_pages(published, used_codes(published))
    return {column: (up.tolist(), down.tolist()) for column, (up, down) in pages.items()}


def codes_of(cells: Cells) -> tuple[list[str], list[str]]:
    """Commodity and partner of the rows by value, ascending and descending."""
    published = publishable(small("2021-03", cells))
    codes = [
        " ".join(d.hierarchy.codes[node] for d, node in zip(published.structure.dimensions, row, strict=True))
        for row in zip(*(published.nodes(d).tolist() for d in published.structure.dimensions), strict=True)
    ]
    up, down = pages_of(published)[VALUE]
    return [codes[row] for row in up], [codes[row] for row in down]


def test_ties_stay_in_the_tables_order_and_hidden_ones_come_last_both_ways() -> None:
    """The total stays on top, wherever its number belongs."""
    cells: Cells = {
        ("_T", "_T"): 6,
        ("09", "BR"): 5,
        ("09", "CN"): None,
        ("09", "KE"): 5,
        ("10", "BR"): 7,
        ("10", "CN"): None,
    }
    assert codes_of(cells) == (
        ["_T _T", "09 BR", "09 KE", "10 BR", "09 CN", "10 CN"],
        ["_T _T", "10 BR", "09 BR", "09 KE", "09 CN", "10 CN"],
    )


def test_without_a_total_nothing_stays_on_top() -> None:
    up, down = codes_of({("09", "BR"): 5, ("09", "KE"): None, ("10", "BR"): 3})
    assert (up, down) == (["10 BR", "09 BR", "09 KE"], ["09 BR", "10 BR", "09 KE"])


def test_numbers_that_a_double_does_not_tell_apart_are_ties() -> None:
    """As in the script, whose numbers are doubles: 2**53 + 1 reads as 2**53."""
    up, down = codes_of({("09", "BR"): 2**53 + 1, ("09", "KE"): 2**53, ("10", "BR"): 3})
    assert (up, down) == (["10 BR", "09 BR", "09 KE"], ["09 BR", "09 KE", "10 BR"])


def plain_order(column: list[int | None], sign: int) -> list[int]:
    """The total is row 0."""
    keys = {row: (value is None, sign * (value or 0)) for row, value in enumerate(column) if row}
    return [0, *sorted(keys, key=keys.__getitem__)][:PAGE_ROWS]


def test_each_order_is_that_of_a_plain_sort() -> None:
    published = publishable(suppression_sample().table)
    columns: dict[str, list[int | None]] = {m.id: published.numbers(m.id) for m in published.structure.measures}
    columns |= {d.column: published.nodes(d).tolist() for d in published.structure.dimensions}
    assert pages_of(published) == {
        name: (plain_order(column, 1), plain_order(column, -1)) for name, column in columns.items()
    }


def test_the_file_has_the_rows_of_its_orders_and_no_others(tmp_path: Path) -> None:
    published = publishable(suppression_sample().table)
    write_shards(tmp_path, published)
    text = (tmp_path / "imports_by_chapter_origin.first.js").read_text("utf-8")
    assert text.startswith('publisherShard("imports_by_chapter_origin","first",{')
    data = json.loads(text[text.index("{") : text.rindex(");")])
    told = {column: [[int(at) for at in page.split(";")] for page in both] for column, both in data["orders"].items()}
    rows = sorted({row for both in pages_of(published).values() for page in both for row in page})
    assert {at for both in told.values() for page in both for at in page} == set(range(len(rows)))
    assert {c: tuple([rows[at] for at in page] for page in both) for c, both in told.items()} == pages_of(published)
    shown = published.part(np.array(rows))
    given = [int(field) if field else None for field in data["values"][VALUE].split(";")]
    assert given == shown.numbers(VALUE)
    places = list(accumulate(int(step or 0) for step in data["dims"]["commodity"].split(";")))
    commodity = published.structure.dimensions[0]
    assert places == used_codes(published).places(commodity, published.nodes(commodity)[rows]).tolist()
