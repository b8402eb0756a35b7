"""tables/<query>.first.js: the first page of every order in which a reader may put a table.

A press on a column's head is answered from this one small file; the shards come behind it. It is a shard as in
shards.py, `publisherShard(query, "first", data)`, whose rows are those of all first pages in the table's order, and

    orders   {column: [up, down]}    places among these rows, one `;` after the other: PAGE_ROWS of them, or all

An order is that of script/choose.js, exactly: the total first; numbers as doubles, codes as in their tree; what is
equal in the table's order, both ways; hidden numbers last, both ways, in the table's order. So it follows from the
published rows alone.
"""

from collections.abc import Mapping

import numpy as np

from publisher.model.codelist import TOTAL
from publisher.publication.tables.codes import TableCodes
from publisher.publication.tables.display import PAGE_ROWS
from publisher.publication.tables.published import Published


def first_pages(published: Published, codes: TableCodes) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """column -> rows of its first page, ascending and descending: row numbers, at most PAGE_ROWS."""
    total = _starts_with_total(published, codes)
    return {column: (_page(keys, total), _page(-keys, total)) for column, keys in _keys(published).items()}


def rows_of(pages: Mapping[str, tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Row numbers, ascending, of all rows that stand on one of the pages."""
    return np.unique(np.concatenate([page for both in pages.values() for page in both]))


def _keys(published: Published) -> dict[str, np.ndarray]:
    """column -> float64, one a row: NaN where the number is not shown."""
    structure = published.structure
    codes = {d.column: published.nodes(d).astype(np.float64) for d in structure.dimensions}
    return codes | {m.id: _numbers(published, m.id) for m in structure.measures}


def _numbers(published: Published, measure: str) -> np.ndarray:
    column = published.cells[measure].to_numpy()
    return np.asarray(column, dtype=np.float64)


def _page(keys: np.ndarray, total: bool) -> np.ndarray:
    order = np.argsort(keys, kind="stable")  # NaN last
    page = order[: PAGE_ROWS + 1]
    return np.concatenate([[0], page[page != 0]])[:PAGE_ROWS] if total else page[:PAGE_ROWS]


def _starts_with_total(published: Published, codes: TableCodes) -> bool:
    """Is the first row the total of the table, which the script keeps on top?"""
    first = published.part(np.arange(1))
    return all(
        one["codes"][0] == TOTAL and one["above"].count(-1) == 1 and codes.places(d, first.nodes(d))[0] == 0
        for d, one in zip(codes.dimensions, codes.described().values(), strict=True)
    )
