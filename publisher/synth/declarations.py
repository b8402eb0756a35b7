"""Synthetic declarations of any size: the same file for the same rows, seed and periods, whatever the machine."""

import hashlib
import math
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import date
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from publisher.catalogue.codelists import codelist
from publisher.errors import UsageError
from publisher.model.progress import NO_PROGRESS, Progress

STAGE = "synthesise"
# table: (file in facts/, its columns that are codes and not numbers)
_FACTS = {
    "chapter": ("chapters", ("chapter",)),
    "controls": ("controls", ("prefix",)),
    "country": ("partners", ("country",)),
    "office": ("offices", ("mode",)),
}
_SMALL_WHEEL = 65536
_SHIFT = 8
_TOP_SHARE = 0.33
_ROW_GROUP = 1 << 17
_CHUNK = 8 * _ROW_GROUP
_WORKERS = 2
_FREE_TO_REORDER = "join_order,build_side_probe_side"  # switched off: rows stay in the order they were numbered in
_WHEELS = {
    "imported_wheel": "(SELECT number, CAST(1e6 * imports AS BIGINT) AS weight FROM commodity)",
    "exported_wheel": "(SELECT number, CAST(1e6 * exports AS BIGINT) AS weight FROM commodity)",
    "partner_wheel": "partner",
    "sea_wheel": "(SELECT office AS number, weight FROM office WHERE mode = '1')",
    "air_wheel": "(SELECT office AS number, weight FROM office WHERE mode = '4')",
    "day_wheel": "day",
}


def synthesise(
    path: Path,
    *,
    rows: int,
    seed: int,
    first_period: str = "2024-01",
    periods: int = 15,
    progress: Progress = NO_PROGRESS,
) -> None:
    """Writes `rows` goods items accepted in `periods` months from `first_period` on, as Parquet.

    It has the native profile: the columns of model.declaration but for reference_period and partner, which ingest
    derives. About 3 % of the rows are earlier or later versions of a declaration. A file already there is replaced.

    Raises UsageError for numbers that make no file, or where `path` cannot be written.
    """
    first, after = _span(rows, first_period, periods)
    part = path.with_name(path.name + ".part")
    try:
        with closing(_connect(part)) as connection:
            _prepare(connection, rows, seed, first, after)
            _write(part, _chunks(connection, rows, first), rows, progress)
        part.replace(path)
    except OSError as refused:
        raise UsageError(
            f"the file cannot be written: {refused.strerror}.",
            place=str(path),
            remedy="Name a file in a folder that exists, with enough room.",
        ) from refused
    finally:
        part.unlink(missing_ok=True)


def _connect(part: Path) -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1, "memory_limit": "2GB", "temp_directory": f"{part}.spill"})


def _write(part: Path, chunks: Iterator[pa.Table], rows: int, progress: Progress) -> None:
    done = 0
    progress(STAGE, done, rows)
    with ExitStack() as stack:
        writer = None
        for chunk in chunks:
            writer = writer or stack.enter_context(pq.ParquetWriter(part, chunk.schema, compression="zstd"))
            writer.write_table(chunk, row_group_size=_ROW_GROUP)
            done += len(chunk)
            progress(STAGE, done, rows)


def _chunks(connection: duckdb.DuckDBPyConnection, rows: int, first: date) -> Iterator[pa.Table]:
    """The goods items in order, a million at a time. Two queries run ahead, each on one thread.

    DuckDB itself would use both threads for one query, but then writes row groups in an order that varies.
    """
    with ThreadPoolExecutor(_WORKERS) as pool:
        waiting: deque[Future[pa.Table]] = deque()
        for start in range(0, rows, _CHUNK):
            if len(waiting) == _WORKERS:
                yield waiting.popleft().result()
            waiting.append(pool.submit(_chunk, connection.cursor(), start, rows, first))
        while waiting:
            yield waiting.popleft().result()


def _chunk(cursor: duckdb.DuckDBPyConnection, start: int, rows: int, first: date) -> pa.Table:
    stop = min(rows, start + _CHUNK)
    with closing(cursor):
        _run(cursor, "declaration", {"first": first}, start=start, stop=stop, rows=rows, wheel=_wheel_size(rows))
        return cursor.to_arrow_table()


def _span(rows: int, first_period: str, periods: int) -> tuple[date, date]:
    """(first day, first day after the last period)"""
    if rows < 1 or periods < 1:
        raise UsageError("synthetic declarations need at least one row and one period.", remedy="Give --rows 200000.")
    try:
        first = date.fromisoformat(f"{first_period}-01")
        month = first.month - 1 + periods
        return first, date(first.year + month // 12, month % 12 + 1, 1)
    except ValueError as wrong:
        raise UsageError(f"{first_period} is not a month.", remedy="Write it as 2024-01.") from wrong


def _traders(rows: int) -> int:
    """Six thousand traders at 200,000 rows, growing a little more slowly than the rows."""
    return max(20, round(6000 * math.pow(rows / 200_000, 0.8)))


def _wheel_size(rows: int) -> int:
    """Several places a row where rows are few, a few rows a place where they are many."""
    return 1 << min(22, max(16, (4 * rows).bit_length()))


def _prepare(connection: duckdb.DuckDBPyConnection, rows: int, seed: int, first: date, after: date) -> None:
    """Makes the small tables: commodities, partners, days, traders and their slots, with a wheel for each draw."""
    connection.execute(f"SET GLOBAL disabled_optimizers = '{_FREE_TO_REORDER}'")
    _run(connection, "chance", seed=_spread(seed))
    for table, (name, coded) in _FACTS.items():
        with resources.as_file(resources.files("publisher.synth") / "facts" / f"{name}.csv") as file:
            connection.read_csv(str(file), dtype=dict.fromkeys(coded, "VARCHAR")).create(table)
    _run(connection, "commodity", {"codes": _codes("HS", "subheading")})
    _run(connection, "partner", {"codes": _codes("COUNTRY", "country")})
    _run(connection, "day", {"first": first, "after": after})
    for wheel, source in _WHEELS.items():
        _run(connection, "wheel", wheel=wheel, source=source, size=_SMALL_WHEEL)
    traders = _traders(rows)
    _run(connection, "trader", traders=traders, rows=rows, shift=_SHIFT, exponent=_exponent(traders))
    _run(connection, "slot")
    _run(connection, "wheel", wheel="slot_wheel", source="slot", size=_wheel_size(rows))


def _run(
    connection: duckdb.DuckDBPyConnection, name: str, bound: Mapping[str, object] | None = None, **written: object
) -> None:
    """Runs sql/<name>.sql; numbers and names are written into it, values are bound."""
    text = (resources.files("publisher.synth") / "sql" / f"{name}.sql").read_text("utf-8").format(**written)
    connection.execute(text, dict(bound) if bound else None)


def _codes(name: str, level: str) -> list[str]:
    return [code.code for code in codelist(name).at(level)]


def _spread(seed: int) -> int:
    """A starting point for the draws, so far from that of any other seed that no two draws meet."""
    return int.from_bytes(hashlib.sha256(str(seed).encode()).digest()[:7], "big")


def _exponent(traders: int) -> float:
    """The power of the rank at which the hundred largest of `traders` hold _TOP_SHARE of the weight (bisection)."""
    low, high = 0.0, 4.0
    for _ in range(50):
        middle = (low + high) / 2
        weights = [(rank + _SHIFT) ** -middle for rank in range(1, traders + 1)]
        low, high = (middle, high) if sum(weights[:100]) < _TOP_SHARE * sum(weights) else (low, middle)
    return round(low, 6)
