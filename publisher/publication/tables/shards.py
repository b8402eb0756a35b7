"""tables/<query>.<n>.js: all rows of a table in pieces that the page's script loads when it needs them.

A shard is one call `publisherShard(query, number, data)` whose last argument is JSON, because a page opened
from file:// may load a script but not fetch a file. `data`, for the rows it holds:

    dims     {dimension: column}      places in the table's codes (codes.py)
    status   "AAQ..."                 obs_status, one letter a row; a number that is null
                                      in a row that is shown is one that is not shown
    values   {measure: column}        whole numbers in 1/10**decimals
    ranges   {measure: [rows, lower, upper]}    columns of the rows with a bound only

A column is one text with a field a row and `;` between fields: a browser reads that many times faster than a list
of numbers, and whoever searches for a number (the audit) finds its digits. An empty field is no number. Places and
`rows` ascend for long stretches, so they are told by what is added to the one before; empty adds nothing.

No word of any language is in a shard.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from publisher.publication.script import call
from publisher.publication.tables.codes import TableCodes, used_codes
from publisher.publication.tables.first_pages import first_pages, rows_of
from publisher.publication.tables.published import Published

LEAST_ROWS = 4_000
MOST_SHARDS = 16


def shard_rows(rows: int) -> int:
    """Rows a shard, of a table with so many rows: each file costs a browser some milliseconds, whatever its size."""
    return max(LEAST_ROWS, -(-rows // MOST_SHARDS))


def shard_count(rows: int) -> int:
    return -(-rows // shard_rows(rows))


def write_shards(folder: Path, published: Published) -> None:
    """Writes every shard of one table, its codes and first pages. An empty table has none of them."""
    if not published.rows:
        return
    query, codes = published.structure.id, used_codes(published)
    (folder / f"{query}.codes.js").write_bytes(call("publisherCodes", query, codes.described()))
    for number, data in enumerate(_shards(published, codes)):
        (folder / f"{query}.{number}.js").write_bytes(call("publisherShard", query, number, data))
    (folder / f"{query}.first.js").write_bytes(call("publisherShard", query, "first", _first(published, codes)))


def _first(published: Published, codes: TableCodes) -> dict[str, Any]:
    pages = first_pages(published, codes)
    rows = rows_of(pages)
    orders = {
        column: [";".join(map(str, np.searchsorted(rows, page))) for page in both] for column, both in pages.items()
    }
    return _shard(published.part(rows), codes) | {"orders": orders}


def _shards(published: Published, codes: TableCodes) -> Iterator[dict[str, Any]]:
    size = shard_rows(published.rows)
    for start in range(0, published.rows, size):
        yield _shard(published.part(np.arange(start, min(start + size, published.rows))), codes)


def _shard(rows: Published, codes: TableCodes) -> dict[str, Any]:
    dimensions, measures = rows.structure.dimensions, rows.structure.measures
    return {
        "dims": {d.column: _steps(codes.places(d, rows.nodes(d))) for d in dimensions},
        "status": "".join(rows.statuses()),
        "values": {measure.id: _column(rows.numbers(measure.id)) for measure in measures},
        "ranges": {measure.id: _ranges(rows, measure.id) for measure in measures},
    }


def _ranges(rows: Published, measure: str) -> list[str]:
    lower, upper = rows.numbers(f"{measure}_lower"), rows.numbers(f"{measure}_upper")
    ends = enumerate(zip(lower, upper, strict=True))
    bounded = [row for row, (low, high) in ends if low is not None or high is not None]
    return [
        _steps(np.asarray(bounded, dtype=np.int64)),
        _column(lower[row] for row in bounded),
        _column(upper[row] for row in bounded),
    ]


def _column(numbers: Iterable[int | None]) -> str:
    return ";".join("" if number is None else str(number) for number in numbers)


def _steps(places: np.ndarray) -> str:
    return ";".join(str(step) if step else "" for step in np.diff(places, prepend=0).tolist())
