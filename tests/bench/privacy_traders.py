"""Traders by chapter x origin on the Korean sample, clipped and printed as the program does."""

import math
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.gaussian import calibrate
from publisher.dp.keys import finest_keys, key_columns
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.publishable import publishable_cells
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.progress import NO_PROGRESS
from publisher.model.structure import TableStructure
from tests.lib.tables import ITEMS, codelist, dimension, structure

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "kcs"
RHO = Fraction(1, 10)
SCALE = 1000

Reals = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Weights = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Traders:
    """Distinct (importer, chapter, origin): three arrays of places, and the table they belong to."""

    importer: Integers
    chapter: Integers
    origin: Integers
    table: TableStructure

    @property
    def shape(self) -> tuple[int, int]:
        first, second = (d.hierarchy for d in self.table.dimensions)
        return len(first.leaves), len(second.leaves)

    def counts(self, factor: Reals | None = None) -> Reals:
        """(chapters, origins): traders, each counting `factor`."""
        found = np.zeros(self.shape)
        np.add.at(found, (self.chapter, self.origin), 1.0 if factor is None else factor[self.importer])
        return found

    def clipped(self, clip: int, weights: Weights) -> ClippedSums:
        """Each importer's vector over all measured levels scaled to norm `clip`, rounded down in thousandths."""
        first, second = (w or (0, 1) for w in (weights or ((), ())))
        squares = sum(
            (a * b) ** 2 * self.squares(keys)
            for a, b, keys in (
                (first[0], second[0], ()),
                (first[0], second[1], (self.origin,)),
                (first[1], second[0], (self.chapter,)),
                (first[1], second[1], (self.chapter, self.origin)),
            )
        )
        factor = np.floor(SCALE * np.minimum(1, clip / np.sqrt(np.maximum(squares, 1))) * (1 - 1e-12))
        sums = pa.array(self.counts(factor).ravel().astype(np.int64))
        columns = {**key_columns(self.table, finest_keys(self.table)), "declarations": sums}
        return ClippedSums(self.table, "2021", "bench", clip, SCALE, pa.table(columns), weights)

    def squares(self, keys: tuple[Integers, ...]) -> Reals:
        """Per importer, the squared norm of its counts by `keys`."""
        cells, counts = np.unique(np.stack([self.importer, *keys]), axis=1, return_counts=True)
        return np.bincount(cells[0], counts.astype(float) ** 2, minlength=self.importer.max() + 1)


def load(sample: Path) -> Traders:
    rows = duckdb.sql(f"""
        SELECT DISTINCT "Importer ID" importer, lpad("HS6 Code", 6, '0')[:2] chapter, "Country of Origin" origin
        FROM read_csv('{sample}/*.csv', all_varchar = true) ORDER BY ALL
    """).fetchall()
    importers, chapters, origins = (sorted({row[i] for row in rows}) for i in range(3))
    places = [{code: place for place, code in enumerate(codes)} for codes in (importers, chapters, origins)]
    columns = [np.array([places[i][row[i]] for row in rows]) for i in range(3)]
    goods = codelist("HS", {"chapter": dict.fromkeys(chapters, TOTAL)})
    lands = codelist("COUNTRY", {"country": dict.fromkeys(origins, TOTAL)})
    return Traders(*columns, structure(dimension("commodity", goods), dimension("partner", lands), measures=(ITEMS,)))


def printed(traders: Traders, clip: int, weights: Weights) -> dict[str, Integers]:
    """What a reader gets: value, lower, upper; each (total and chapters, total and origins)."""
    clipped = traders.clipped(clip, weights)
    cells = publishable_cells(
        traders.table, measure_noisily(measurable(clipped), calibrate(clip * SCALE, RHO), NO_PROGRESS)
    )
    shape = [len(d.hierarchy.codes) for d in traders.table.dimensions]
    return {end: cells.column(f"declarations{end}").to_numpy().reshape(shape) for end in ("", "_lower", "_upper")}


def rmse(found: npt.NDArray[np.generic], true: npt.NDArray[np.generic]) -> float:
    return math.sqrt(float(np.mean((found.astype(float) - true.astype(float)) ** 2)))
