"""What lies in memory under a null must reach no file: a column may keep a number's bytes where its mask says null.

The same tables are published twice, with other rubbish under every null, and both results are compared byte for byte.
Poison is put in front of the gate (publishable) and behind it: taking rows in order may wipe what lies under nulls.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from publisher.model.protected import ProtectedTable
from publisher.publication import edition
from publisher.publication.tables import published
from publisher.publication.tables.published import Published, publishable
from publisher.publication.words import ENGLISH, words_for
from tests.lib.protected_samples import PERIOD, PLAN, empty_sample, noisy_sample, suppression_sample
from tests.lib.published_site import build_site, write_sample
from tests.lib.site_parts import absent_parts
from tests.lib.twins import digests

SAMPLE = suppression_sample(300)
TABLES = (SAMPLE.table, noisy_sample(), empty_sample())
POISONS = (1, 2)


def poisoned(cells: pa.Table, seed: int) -> pa.Table:
    """The same table, with twelve random digits under every null of an int64 column."""
    rng = np.random.default_rng(seed)
    return pa.table({name: _under_nulls(cells.column(name), rng) for name in cells.column_names}, schema=cells.schema)


def _under_nulls(column: pa.ChunkedArray, rng: np.random.Generator) -> pa.Array | pa.ChunkedArray:
    if column.type != pa.int64() or not column.null_count:
        return column
    empty = np.asarray(column.is_null()).astype(bool)
    numbers = np.where(empty, rng.integers(10**11, 10**12, len(empty)), np.asarray(column.fill_null(0)))
    shown = pa.py_buffer(np.packbits(~empty, bitorder="little").tobytes())
    return pa.Array.from_buffers(pa.int64(), len(empty), [shown, pa.py_buffer(numbers.astype("<i8").tobytes())])


def raw(column: pa.ChunkedArray) -> np.ndarray:
    """The bytes of a column as numbers, whatever the mask says."""
    return np.concatenate([np.frombuffer(c.buffers()[1], "<i8")[c.offset :][: len(c)] for c in column.chunks])


def test_the_poison_is_there() -> None:
    one, other = (poisoned(SAMPLE.table.cells, seed).column("statistical_value") for seed in POISONS)
    assert one.equals(other)
    assert one.null_count == SAMPLE.table.cells.column("statistical_value").null_count > 0
    assert not np.array_equal(raw(one), raw(other))


def before_the_gate(folder: Path, seed: int, _: pytest.MonkeyPatch) -> dict[str, str]:
    tables = [replace(table, cells=poisoned(table.cells, seed)) for table in TABLES]
    write_sample(folder, PERIOD, 1, tables)
    return digests(folder)


def behind_the_gate(folder: Path, seed: int, patch: pytest.MonkeyPatch) -> dict[str, str]:
    def gate(table: ProtectedTable) -> Published:
        passed = publishable(table)
        return replace(passed, cells=poisoned(passed.cells, seed))

    patch.setattr(edition, "publishable", gate)
    write_sample(folder, PERIOD, 1, TABLES)
    return digests(folder)


def on_the_site(folder: Path, seed: int, patch: pytest.MonkeyPatch) -> dict[str, str]:
    """Every page that the site makes of such editions."""

    def gate(table: ProtectedTable) -> Published:
        passed = publishable(table)
        return replace(passed, cells=poisoned(passed.cells, seed))

    patch.setattr(edition, "publishable", gate)
    folder.mkdir()
    build_site(folder, (ENGLISH, words_for("fr")))
    assert absent_parts(folder) == []
    return digests(folder)


Written = Callable[[Path, int, pytest.MonkeyPatch], dict[str, str]]


@pytest.mark.parametrize("written", [before_the_gate, behind_the_gate, on_the_site])
def test_no_file_depends_on_what_lies_under_a_null(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: Written
) -> None:
    one, other = (written(tmp_path / str(seed), seed, monkeypatch) for seed in POISONS)
    assert len(one) > 15
    assert one == other


def test_a_writer_that_forgets_the_mask_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def without_mask(column: pa.ChunkedArray, decimals: int, *, exact: bool) -> pa.Array:
        return pa.array(raw(column) / 10**decimals) if decimals and not exact else pa.array(raw(column))

    monkeypatch.setattr(published, "_scaled", without_mask)
    one, other = (behind_the_gate(tmp_path / str(seed), seed, monkeypatch) for seed in POISONS)
    assert "data/imports_by_chapter_origin.csv" in {name for name, _ in one.items() ^ other.items()}
    assert PLAN.queries[0] in "".join(one)
