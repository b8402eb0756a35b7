"""Ranges of hidden cells are printed beside them and steer nothing else: no order, scale, width, name or list.

The same table is published twice, with other range ends of as many digits in its hidden cells, in two months and with
the site around them. Once every such number is blanked out of both sites, and sizes and digests of data files with
them, not a byte may differ.

One thing does follow from range ends, on purpose: whether a headline may say "Largest". Both tables here keep each
hidden cell's end above the largest shown number, so both say "Largest of the figures shown".
"""

import re
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from publisher.model.protected import ProtectedTable
from publisher.model.structure import Dimension, Measure
from publisher.publication import write_site
from publisher.publication.cells.site_cells import SliceRows
from publisher.publication.profile import rank_table as profile_rank_table
from publisher.publication.profile.ranks import Ranks
from publisher.publication.public_cells import PublicDimension
from publisher.publication.tables import margins, published
from publisher.publication.tables.margins import Margin
from publisher.publication.tables.published import Published, publishable
from tests.lib.protected_samples import PERIOD, PLAN, suppression_sample
from tests.lib.published_site import OFFICE, write_sample
from tests.lib.site_parts import absent_parts
from tests.lib.site_samples import months


def with_hidden_totals(table: ProtectedTable) -> ProtectedTable:
    """Some totals of countries are hidden too, so that charts and headlines have something that they may not use."""
    rows = table.cells.to_pylist()
    for row in rows:
        if row["commodity"] == 0 and row["partner"] % 3 == 1:
            row |= {m.id: None for m in table.structure.measures} | {"obs_status": "Q", "conf_status": "C"}
    return replace(table, cells=pa.Table.from_pylist(rows, table.cells.schema))


BEFORE = "2021-02"
ABSENT = {"comparisons", "French pages", "French pages of editions"}  # one version of each month, one language
TABLE = with_hidden_totals(suppression_sample(300).table)
ENDS = tuple(f"{m.id}_{end}" for m in TABLE.structure.measures for end in ("lower", "upper"))
TOTAL = max(TABLE.cells.column("statistical_value").drop_null().to_pylist())
Cell = tuple[int, int | None, int | None, int | None]  # node, value, lower, upper
PLAIN = re.compile(r"\d+(?:\.\d+)?")
GROUPED = re.compile(r"\d{1,3}(?:[,\u202f\u00a0]\d{3})+(?:[.,]\d+)?|\d+(?:\.\d+)?")
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
SIZE = re.compile(r"[\d.,]+ (?:bytes|kB|MB)\b")


def with_other_ends(seed: int) -> ProtectedTable:
    """Ends of hidden cells have a digit more than any number shown; upper ends are about four times as large for
    seed 2 as for seed 1."""
    rng = np.random.default_rng(seed)
    cells, hidden = TABLE.cells, np.asarray(TABLE.cells.column("obs_status")) == "Q"
    for name in ENDS:
        least = 10 ** len(str(TOTAL))
        first = 1 if name.endswith("lower") else 2 * seed**2
        ends = first * least + rng.integers(least // 10**6, least // 10, len(hidden)) * 10 + 7
        cells = cells.set_column(cells.column_names.index(name), name, pa.array(ends, mask=~hidden))
    return replace(TABLE, cells=cells)


@dataclass(frozen=True)
class Blanked:
    """A folder without its range ends. `texts`: name -> content; `columns`: of the Parquet files, without ends."""

    texts: dict[str, str]
    columns: dict[str, list[object]]


def edition(folder: Path, seed: int) -> Blanked:
    """Of one month alone."""
    table = with_other_ends(seed)
    write_sample(folder, PERIOD, 1, (table,))
    return without_ends(folder, table)


def site(folder: Path, seed: int) -> Blanked:
    """Two months with the same figures, and all that is made of them."""
    table = with_other_ends(seed)
    parts = {period: replace(table, time_period=period) for period in (BEFORE, PERIOD)}
    write_site(folder, months(folder, parts), OFFICE, {PLAN.id: PLAN})
    return without_ends(folder, table)


def without_ends(folder: Path, table: ProtectedTable) -> Blanked:
    ends = {str(end) for name in ENDS for end in table.cells.column(name).to_pylist() if end is not None}
    ends |= {str(path.stat().st_size) for path in folder.rglob("*.*")}
    paths = {path.relative_to(folder).as_posix(): path for path in sorted(folder.rglob("*")) if path.is_file()}
    texts = {name: blanked(path, ends) for name, path in paths.items() if path.suffix != ".parquet"}
    columns = {
        f"{name}: {column}": values
        for name, path in paths.items()
        if path.suffix == ".parquet"
        for column, values in pq.read_table(path, partitioning=None).to_pydict().items()
        if column not in ENDS
    }
    return Blanked(texts, columns)


def blanked(path: Path, ends: set[str]) -> str:
    number = GROUPED if path.suffix == ".html" else PLAIN
    text = SIZE.sub("#", DIGEST.sub("#", content(path)))
    return number.sub(lambda found: "#" if re.sub(r"\D", "", found[0]) in ends else found[0], text)


def content(path: Path) -> str:
    """The text of a file; of a packed one, that of all its parts."""
    if not zipfile.is_zipfile(path):
        return path.read_text("utf-8", errors="replace")
    with zipfile.ZipFile(path) as packed:
        return "".join(f"{name}\n{packed.read(name).decode('utf-8')}" for name in packed.namelist())


def differing(folder: Path, written: Callable[[Path, int], Blanked] = edition) -> list[str]:
    one, other = (written(folder / str(seed), seed) for seed in (1, 2))
    assert sum(text.count("#") for text in one.texts.values()) > 100
    assert one.texts.keys() == other.texts.keys()
    names = [name for name, text in one.texts.items() if text != other.texts[name]]
    return names + [name for name, values in one.columns.items() if values != other.columns[name]]


def test_nothing_but_the_ranges_follows_from_ranges(tmp_path: Path) -> None:
    assert differing(tmp_path, site) == []
    assert set(absent_parts(tmp_path / "1")) == ABSENT


def test_a_profile_that_ranks_by_ranges_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden figures are listed at the upper end of their range."""

    def at_the_end(rows: SliceRows, dimension: PublicDimension, level: str, most: int) -> Ranks | None:
        found, table = honest(rows, dimension, level, most), rows.table
        if found is None:
            return None
        numbers, like = table.numbers[table.described.measures[0].id], found.largest[0][1]
        ends = {
            table.code_of(dimension.column, row): replace(like, value=int(numbers.upper[row]))
            for row in rows.along(dimension.column, level, found.period)
            if not numbers.shown[row]
        }
        ranked = sorted((*found.largest, *ends.items()), key=lambda each: -each[1].value)
        return replace(found, largest=tuple(ranked[:10]))

    honest = profile_rank_table.ranks
    monkeypatch.setattr(profile_rank_table, "ranks", at_the_end)
    assert {name.partition("/")[0] for name in differing(tmp_path, site)} >= {"commodities", "partners"}


def test_a_scale_that_makes_room_for_hidden_cells_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bars leave room for the largest that a hidden cell could be."""

    def with_ceilings(dimension: Dimension, level: str, measure: Measure, rows: list[Cell]) -> Margin | None:
        found = ranked(dimension, level, measure, rows)
        ceilings = [upper for _, value, _, upper in rows if value is None and upper is not None]
        if found is None or not ceilings:
            return found
        (node, value, *_), *rest = found.shown
        return replace(found, shown=((node, value, value, max(ceilings)), *rest))

    ranked = margins._ranked
    monkeypatch.setattr(margins, "_ranked", with_ceilings)
    assert f"tables/{TABLE.structure.id}.html" in differing(tmp_path)


def test_an_order_by_ranges_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hidden rows in the order of their upper ends."""

    def ordered(table: ProtectedTable) -> Published:
        passed = publishable(table)
        ends = np.asarray(passed.cells.column("statistical_value_upper").fill_null(0))
        return passed.part(np.lexsort((ends, passed.hidden)))

    monkeypatch.setattr("publisher.publication.edition.publishable", ordered)
    names = differing(tmp_path)
    assert f"data/{TABLE.structure.id}.csv" in names
    assert f"data/{TABLE.structure.id}.parquet: partner" in names


def test_a_list_that_skips_wide_ranges_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bounds are left out where they say little."""

    def narrow(column: pa.ChunkedArray, decimals: int, *, exact: bool) -> pa.Array:
        numbers: Sequence[int | None] = column.to_pylist()
        return scaled(
            pa.chunked_array([pa.array([n if n is None or n % 100 < 60 else None for n in numbers], pa.int64())]),
            decimals,
            exact=exact,
        )

    scaled = published._scaled
    monkeypatch.setattr(published, "_scaled", narrow)
    assert f"data/{TABLE.structure.id}.csv" in differing(tmp_path)
