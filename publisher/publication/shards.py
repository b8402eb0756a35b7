"""tables/<query>.<n>.js: all rows of a table in pieces that the page's script loads when it needs them.

A shard is one call `publisherShard(query, number, data)` whose last argument is JSON, because a page opened
from file:// may load a script but not fetch a file. `data`, for the rows it holds:

    codes    {dimension: [[index, code, name, level], ...]}   codes that no earlier shard named
    dims     {dimension: [index, ...]}                        one a row; indexes sort coarse to fine, then by code
    status   "AAQ..."                                         obs_status, one letter a row; a number that is null
                                                              in a row that is shown is one that is not shown
    values   {measure: [whole number in 1/10**decimals | null, ...]}
    ranges   {measure: [[row, ...], [lower, ...], [upper, ...]]}    rows with a bound only
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from publisher.model.structure import Dimension
from publisher.publication.display import code_cell
from publisher.publication.published import Published

SHARD_ROWS = 4_000
_EXACT_IN_JS = 2**53


def shard_count(rows: int) -> int:
    return -(-rows // SHARD_ROWS)


def write_shards(folder: Path, published: Published) -> None:
    """Writes every shard of one table. An empty table has none."""
    for number, data in enumerate(_shards(published)):
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        path = folder / f"{published.structure.id}.{number}.js"
        call = f'publisherShard("{published.structure.id}",{number},{_script_safe(text)});\n'
        path.write_text(call, encoding="utf-8", newline="\n")


def _script_safe(text: str) -> str:
    """JSON that is also a JavaScript literal whatever names hold: line separators and '<' escaped."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _shards(published: Published) -> Iterator[dict[str, Any]]:
    named: dict[str, set[int]] = {dimension.column: set() for dimension in published.structure.dimensions}
    for start in range(0, published.rows, SHARD_ROWS):
        yield _shard(published.part(np.arange(start, min(start + SHARD_ROWS, published.rows))), named)


def _shard(rows: Published, named: dict[str, set[int]]) -> dict[str, Any]:
    dimensions, measures = rows.structure.dimensions, rows.structure.measures
    return {
        "codes": {d.column: _new_codes(d, rows.nodes(d), named[d.column]) for d in dimensions},
        "dims": {d.column: rows.nodes(d).tolist() for d in dimensions},
        "status": "".join(rows.statuses()),
        "values": {measure.id: _exact(rows.numbers(measure.id)) for measure in measures},
        "ranges": {measure.id: _ranges(rows, measure.id) for measure in measures},
    }


def _new_codes(dimension: Dimension, nodes: np.ndarray, named: set[int]) -> list[list[Any]]:
    """The codes of these rows that no earlier shard named; from now on they are."""
    new = [node for node in np.unique(nodes).tolist() if node not in named]
    named.update(new)
    cells = [(node, code_cell(dimension.hierarchy, node)) for node in new]
    return [[node, cell.code, cell.name, cell.level] for node, cell in cells]


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
