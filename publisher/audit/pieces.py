"""The rows that the script of a table's page loads, tables/<query>.*.js, held against the table's CSV file.

Shards together must be the whole file, in its order and digit for digit. First pages must be rows of it in the order
that they claim: one that was made from hidden numbers would tell which of these is larger.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from publisher.audit.copies import read_texts
from publisher.audit.description import TableEntry
from publisher.audit.first_pages import Row, WholeTable, check_first_pages
from publisher.model.audit_report import Finding

_BROKEN = (OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError)
_DIFFERS = "differs from the CSV file"


def check_pieces(folder: Path, entry: TableEntry) -> Iterator[Finding]:
    """A finding for each such file that is no part of a page, or holds something else than the CSV file."""
    there = {path.name.removeprefix(f"{entry.id}.") for path in (folder / "tables").glob(f"{entry.id}.*.js")}
    pieces = [name for name in (*(f"{number}.js" for number in range(len(there))), "first.js") if name in there]
    for name in sorted(there - {"codes.js", *pieces}):
        yield _finding(entry, name, "is no part of a table's page")
    if not pieces:
        return
    try:
        table = _read_table(folder, entry)
    except _BROKEN as broken:
        yield _finding(entry, "codes.js", f"cannot be read, or the CSV file ({type(broken).__name__})")
        return
    yield from (_finding(entry, name, problem) for name, problem in _problems(folder, table, pieces) if problem)


def _finding(entry: TableEntry, name: str, problem: str) -> Finding:
    return Finding("completeness", f"tables/{entry.id}.{name}", problem)


def _problems(folder: Path, table: WholeTable, names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """(file, what is wrong with it)"""
    start = 0
    for name in names:
        try:
            piece = _read(folder, table.entry, name)
            rows = _rows(piece, table)
            if name == "first.js":
                yield name, check_first_pages(piece["orders"], rows, table)
                continue
        except _BROKEN as broken:
            yield name, f"cannot be read ({type(broken).__name__})"
            return
        yield name, "" if rows == table.rows[start : start + len(rows)] else _DIFFERS
        start += len(rows)
    yield "0.js", "" if start == len(table.rows) else "is one of too few, or too many, for the CSV file"


def _read_table(folder: Path, entry: TableEntry) -> WholeTable:
    text = (folder / f"tables/{entry.id}.codes.js").read_text("utf-8")
    codes = json.loads(text.removeprefix(f'publisherCodes("{entry.id}",').removesuffix(");\n"))
    places = {d.column: {code: at for at, code in enumerate(codes[d.column]["codes"])} for d in entry.dimensions}
    tops = {d.column: codes[d.column]["above"].count(-1) for d in entry.dimensions}
    csv = read_texts(folder / f"data/{entry.id}.csv")
    columns = [_texts(csv, d.column) for d in entry.dimensions]
    columns.append(_texts(csv, "obs_status"))
    for measure in entry.measures:
        for name in (measure.id, f"{measure.id}_lower", f"{measure.id}_upper"):
            columns.append([_digits(text, measure.decimals) for text in _texts(csv, name)])
    return WholeTable(entry, places, tops, list(zip(*columns, strict=True)))


def _texts(csv: pa.Table, name: str) -> list[str]:
    return cast("list[str]", csv.column(name).to_pylist())


def _digits(text: str, decimals: int) -> str:
    """ "-0.50" -> "-50": in 1/10**decimals, as pieces say it."""
    return str(int(text.replace(".", ""))) if text and decimals else text


def _read(folder: Path, entry: TableEntry, name: str) -> dict[str, Any]:
    """Raises ValueError where there is more in the file than its one call, or a key that no piece has."""
    text = (folder / f"tables/{entry.id}.{name}").read_text("utf-8")
    number = name.removesuffix(".js") if name != "first.js" else '"first"'
    piece = json.loads(text.removeprefix(f'publisherShard("{entry.id}",{number},').removesuffix(");\n"))
    again = json.dumps(piece, ensure_ascii=False, separators=(",", ":"))
    keys = ["dims", "status", "values", "ranges", *(["orders"] if name == "first.js" else [])]
    dimensions, measures = [d.column for d in entry.dimensions], [m.id for m in entry.measures]
    if text != f'publisherShard("{entry.id}",{number},{again});\n' or list(piece) != keys:
        raise ValueError
    if [list(piece[key]) for key in ("dims", "values", "ranges")] != [dimensions, measures, measures]:
        raise ValueError
    return cast("dict[str, Any]", piece)


def _rows(piece: Mapping[str, Any], table: WholeTable) -> list[Row]:
    """Raises ValueError where its columns are not all of one length."""
    status = piece["status"]
    columns = [_codes(piece["dims"][d.column], list(table.places[d.column])) for d in table.entry.dimensions]
    columns.append(list(status))
    for measure in table.entry.measures:
        at, lower, upper = piece["ranges"][measure.id]
        columns += [
            piece["values"][measure.id].split(";"),
            *(_spread(at, ends, len(status)) for ends in (lower, upper)),
        ]
    return list(zip(*columns, strict=True))


def _codes(column: str, codes: Sequence[str]) -> list[str]:
    places = _places(column)
    if min(places) < 0:
        raise ValueError
    return [codes[place] for place in places]


def _places(column: str) -> list[int]:
    """Raises ValueError where a step is written in another way than the one there is."""
    steps = [int(step or 0) for step in column.split(";")]
    if column != ";".join(str(step) if step else "" for step in steps):
        raise ValueError
    return list(accumulate(steps))


def _spread(at: str, column: str, count: int) -> list[str]:
    """One a row, from a column of the rows that have one."""
    found = dict(zip(_places(at), column.split(";"), strict=True))
    if min(found) < 0 or max(found) >= count:
        raise ValueError
    return [found.get(row, "") for row in range(count)]
