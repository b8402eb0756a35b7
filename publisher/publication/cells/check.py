"""Whether cumulative files hold the rows of the editions that stand, all of them and no other. No signature covers
these files; the editions that they are held against were verified before."""

import json
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from publisher.release.edition.inventory import MANIFEST
from publisher.release.edition.records import sha256
from publisher.release.edition.verify import Problem

_ORIGIN = "edition"


def cumulative_problems(site: Path, standing: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong with data/<series>/<query>[.n].parquet on a site; nothing where it has none.

    `standing` are the editions (series/period/vN) that were verified and hold for their periods.
    """
    files = sorted((site / "data").glob("*/*.parquet"))
    told: dict[tuple[str, str], set[str]] = {}
    problems = list[Problem]()
    for path in files:
        name, of = path.relative_to(site).as_posix(), (path.parent.name, path.name.split(".")[0])
        try:
            rows = pq.read_table(path, partitioning=None)
            parts = json.loads(rows.schema.metadata[b"editions"])
            names = {part["edition"]: part["manifest_sha256"] for part in parts}
            problems += [Problem(name, text) for text in _wrong(site, of[1], rows, names, standing)]
            told.setdefault(of, set()).update(names)
        except (OSError, pa.ArrowException, KeyError, TypeError, ValueError):
            problems.append(Problem(name, "cannot be read as a cumulative file"))
    for (series, table), names_there in told.items():
        for missing in sorted(_expected(site, series, table, standing, names_there) - names_there):
            problems.append(Problem(f"data/{series}/{table}.parquet", f"lacks the rows of {missing}"))
    return tuple(problems)


def _wrong(site: Path, table: str, rows: Any, names: dict[str, str], standing: Collection[str]) -> Iterator[str]:
    origin = rows[_ORIGIN].cast(pa.string())
    if set(origin.unique().to_pylist()) - names.keys():
        yield "has rows of an edition that its metadata do not name"
    for name, digest in names.items():
        folder = site / "releases" / name
        if name not in standing:
            yield f"names {name}, which does not hold"
        elif sha256((folder / MANIFEST).read_bytes()) != digest:
            yield f"names another manifest of {name} than the one here"
        elif not _same(rows.filter(pc.equal(origin, pa.scalar(name))), folder / "data" / f"{table}.parquet"):
            yield f"has other rows than {name}"


def _same(rows: Any, edition: Path) -> bool:
    """In their order; columns that the edition lacks hold nothing."""
    there = pq.read_table(edition, partitioning=None)
    others = [name for name in rows.column_names if name not in (*there.column_names, _ORIGIN)]
    if rows.num_rows != there.num_rows or any(rows[name].null_count != rows.num_rows for name in others):
        return False
    return all(_plain(rows[name]).equals(_plain(there[name])) for name in there.column_names)


def _plain(column: Any) -> Any:
    """Texts, whatever dictionary they were written with, in one chunk."""
    column = column.cast(pa.string()) if pa.types.is_dictionary(column.type) else column
    return column.combine_chunks()


def _expected(site: Path, series: str, table: str, standing: Collection[str], there: Collection[str]) -> set[str]:
    """The editions of the series that have the table, broken down as in the newest that is there."""
    files = {name: site / "releases" / name / "data" / f"{table}.parquet" for name in standing}
    found = {
        name: _breakdown(file) for name, file in files.items() if name.startswith(f"{series}/") and file.is_file()
    }
    newest = max((name for name in there if name in found), default="")
    return {name for name, breakdown in found.items() if breakdown == found.get(newest)}


def _breakdown(file: Path) -> tuple[str, ...]:
    names = pq.read_schema(file).names
    return tuple(name for name in names if f"{name}_level" in names)
