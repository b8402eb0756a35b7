"""The first page of every order of a table, as its page's script has them, made again from the rows of the CSV file.

An order that was made from hidden numbers would tell which of them is larger, without holding one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from publisher.audit.description import TableEntry
from publisher.model.codelist import TOTAL

PAGE_ROWS = 100
Row = tuple[str, ...]


@dataclass(frozen=True)
class WholeTable:
    """`places`: dimension -> code -> its place among the table's codes; `tops`: how many of these have none above.

    `rows`: of the CSV file, in its order: codes, status, then digits of the value, of its lower and of its upper end,
    measure by measure; "" where there is none.
    """

    entry: TableEntry
    places: Mapping[str, Mapping[str, int]] = field(repr=False)
    tops: Mapping[str, int] = field(repr=False)
    rows: Sequence[Row] = field(repr=False)


def check_first_pages(orders: object, rows: Sequence[Row], table: WholeTable) -> str:
    """What is wrong with `rows` and the `orders` in which they stand, a file's own words; "" where nothing is."""
    width = len(table.entry.dimensions)
    numbers = {row[:width]: number for number, row in enumerate(table.rows)}
    there = [numbers.get(row[:width], -1) for row in rows]
    if any(number < 0 or table.rows[number] != row for number, row in zip(there, rows, strict=True)):
        return "has a row that is not in the CSV file"
    wanted = {column: [_page(table, keys, sign) for sign in (1, -1)] for column, keys in _keys(table).items()}
    if there != sorted({number for both in wanted.values() for page in both for number in page}):
        return "has other rows than those of its orders"
    at = {number: str(place) for place, number in enumerate(there)}
    told = {column: [";".join(at[number] for number in page) for page in both] for column, both in wanted.items()}
    return "" if orders == told else "has an order that does not follow from the CSV file"


def _keys(table: WholeTable) -> dict[str, np.ndarray]:
    """column -> float64, one a row, NaN where the number is hidden."""
    entry, columns = table.entry, list(zip(*table.rows, strict=True))
    keys: dict[str, np.ndarray] = {}
    for dimension, column in zip(entry.dimensions, columns, strict=False):
        keys[dimension.column] = np.array([table.places[dimension.column][code] for code in column], np.float64)
    for measure, column in zip(entry.measures, columns[len(entry.dimensions) + 1 :: 3], strict=True):
        keys[measure.id] = np.array([digits or "nan" for digits in column]).astype(np.float64)
    return keys


def _page(table: WholeTable, keys: np.ndarray, sign: int) -> list[int]:
    """Numbers of the first rows: the total, then by key, hidden ones last, equal ones in the file's order."""
    first = np.argsort(sign * keys, kind="stable")[: PAGE_ROWS + 1].tolist()
    head = [0] if _is_total(table, 0) else []
    return [*head, *(row for row in first if row not in head)][:PAGE_ROWS]


def _is_total(table: WholeTable, row: int) -> bool:
    """Of everything: each code is the one that all others are below."""
    codes = zip(table.entry.dimensions, table.rows[row], strict=False)
    return all(code == TOTAL and table.places[d.column][code] == 0 and table.tops[d.column] == 1 for d, code in codes)
