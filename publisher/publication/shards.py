"""tables/<query>.<n>.js: all rows of a table in pieces that the page's script loads when it needs them.

A shard is one call `publisherShard(query, number, data)` whose last argument is JSON, because a page opened
from file:// may load a script but not fetch a file. `data`, for the rows it holds:

    dims     {dimension: [index, ...]}      one a row: places in the table's codes (codes.py)
    status   "AAQ..."                       obs_status, one letter a row; a number that is null
                                            in a row that is shown is one that is not shown
    values   {measure: [whole number in 1/10**decimals | null, ...]}
    ranges   {measure: [[row, ...], [lower, ...], [upper, ...]]}    rows with a bound only

No word of any language is in a shard.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from publisher.publication.codes import TableCodes, used_codes
from publisher.publication.published import Published
from publisher.publication.script import call

SHARD_ROWS = 4_000
_EXACT_IN_JS = 2**53


def shard_count(rows: int) -> int:
    return -(-rows // SHARD_ROWS)


def write_shards(folder: Path, published: Published) -> None:
    """Writes every shard of one table, and its codes. An empty table has neither."""
    if not published.rows:
        return
    query, codes = published.structure.id, used_codes(published)
    (folder / f"{query}.codes.js").write_bytes(call("publisherCodes", query, codes.described()))
    for number, data in enumerate(_shards(published, codes)):
        (folder / f"{query}.{number}.js").write_bytes(call("publisherShard", query, number, data))


def _shards(published: Published, codes: TableCodes) -> Iterator[dict[str, Any]]:
    for start in range(0, published.rows, SHARD_ROWS):
        yield _shard(published.part(np.arange(start, min(start + SHARD_ROWS, published.rows))), codes)


def _shard(rows: Published, codes: TableCodes) -> dict[str, Any]:
    dimensions, measures = rows.structure.dimensions, rows.structure.measures
    return {
        "dims": {d.column: codes.places(d, rows.nodes(d)).tolist() for d in dimensions},
        "status": "".join(rows.statuses()),
        "values": {measure.id: _exact(rows.numbers(measure.id)) for measure in measures},
        "ranges": {measure.id: _ranges(rows, measure.id) for measure in measures},
    }


def _ranges(rows: Published, measure: str) -> list[list[Any]]:
    lower, upper = rows.numbers(f"{measure}_lower"), rows.numbers(f"{measure}_upper")
    ends = enumerate(zip(lower, upper, strict=True))
    bounded = [row for row, (low, high) in ends if low is not None or high is not None]
    return [bounded, _exact([lower[row] for row in bounded]), _exact([upper[row] for row in bounded])]


def _exact(numbers: list[int | None]) -> list[Any]:
    """JavaScript's numbers are exact below 2**53; a larger one travels as text."""
    if all(number is None or -_EXACT_IN_JS < number < _EXACT_IN_JS for number in numbers):
        return numbers
    return [str(number) if number is not None and abs(number) >= _EXACT_IN_JS else number for number in numbers]
