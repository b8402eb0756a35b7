"""tables/<query>.<n>.js: all rows of a table in pieces that the page's script loads when it needs them.

A shard is one call `publisherShard(query, number, data)` whose last argument is JSON, because a page opened
from file:// may load a script but not fetch a file. `data`, for the rows it holds:

    codes    {dimension: [[index, code, name, level], ...]}   codes that no earlier shard named
    dims     {dimension: [index, ...]}                        one a row; indexes sort coarse to fine, then by code
    status   "AAQ..."                                         obs_status, one letter a row
    values   {measure: [whole number in 1/10**decimals | null, ...]}
    ranges   {measure: [[row, ...], [lower, ...], [upper, ...]]}    rows with a bound only
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

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
        yield _shard(published, published.cells.slice(start, SHARD_ROWS), named)


def _shard(published: Published, cells: pa.Table, named: dict[str, set[int]]) -> dict[str, Any]:
    codes: dict[str, Any] = {}
    for dimension in published.structure.dimensions:
        new = sorted(set(pc.unique(cells[dimension.column]).to_pylist()) - named[dimension.column])
        named[dimension.column].update(new)
        entries = [(node, code_cell(dimension.hierarchy, node)) for node in new]
        codes[dimension.column] = [[node, cell.code, cell.name, cell.level] for node, cell in entries]
    measures = [measure.id for measure in published.structure.measures]
    return {
        "codes": codes,
        "dims": {column: cells[column].to_pylist() for column in codes},
        "status": "".join(cells["obs_status"].cast(pa.string()).to_pylist()),
        "values": {measure: _exact(cells[measure].to_pylist()) for measure in measures},
        "ranges": {measure: _ranges(cells, measure) for measure in measures},
    }


def _ranges(cells: pa.Table, measure: str) -> list[list[Any]]:
    lower, upper = cells[f"{measure}_lower"], cells[f"{measure}_upper"]
    bounded = pc.or_(lower.is_valid(), upper.is_valid()).combine_chunks().to_numpy(zero_copy_only=False)
    rows = pa.array(np.flatnonzero(bounded))
    return [rows.to_pylist(), _exact(lower.take(rows).to_pylist()), _exact(upper.take(rows).to_pylist())]


def _exact(numbers: list[int | None]) -> list[Any]:
    """JavaScript's numbers are exact below 2**53; a larger one travels as text."""
    if all(number is None or -_EXACT_IN_JS < number < _EXACT_IN_JS for number in numbers):
        return numbers
    return [str(number) if number is not None and abs(number) >= _EXACT_IN_JS else number for number in numbers]
