"""Noisy counts measured: python -m tests.bench.privacy accuracy|coverage|speed. Last line: one JSON object.

accuracy  traders by chapter x origin on the Korean sample (importers' distinct cells), rho = 1/10: noise on
          independent cells clamped at 0 against what this program prints, same clip, same run
coverage  95 % intervals over repeated measurements, by level, for cells that are zero and cells that are not
speed     noisy cells a second, and least squares on a million-leaf tree
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.gaussian import calibrate, draw
from publisher.dp.gls import best_estimates
from publisher.dp.keys import all_keys, finest_keys, key_columns
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.publishable import publishable_cells
from publisher.model.codelist import TOTAL, Hierarchy
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
            (a * b) ** 2 * self._squares(keys)
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

    def _squares(self, keys: tuple[Integers, ...]) -> Reals:
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


def independent(traders: Traders, clip: int) -> Reals:
    """Noise on every cell by itself, clamped at 0."""
    clipped = traders.clipped(clip, ()).sums.column("declarations").to_numpy()
    noisy = draw(clipped, calibrate(clip * SCALE, RHO)).reshape(traders.shape) / SCALE
    return np.maximum(noisy, 0)


def chapters_alone(traders: Traders, clip: int) -> Reals:
    """The whole budget on chapters, each importer's vector over chapters clipped."""
    squares = traders._squares((traders.chapter,))
    factor = np.floor(SCALE * np.minimum(1, clip / np.sqrt(np.maximum(squares, 1))) * (1 - 1e-12))
    sums = traders.counts(factor).sum(axis=1).astype(np.int64)
    return np.maximum(draw(sums, calibrate(clip * SCALE, RHO)) / SCALE, 0)


def accuracy(sample: Path, repetitions: int) -> dict[str, object]:
    traders = load(sample)
    true = traders.counts()
    strategies: dict[str, Weights] = {"finest": (), "chapters": ((0, 1), (1, 1)), "both": ((1, 1), (1, 1))}
    strategies["chapters_light"] = ((0, 2), (1, 2))
    found = []
    for clip in (3, 4, 5, 6, 8):
        runs = {"independent": [independent(traders, clip) for _ in range(repetitions)]}
        row: dict[str, object] = {
            "clip": clip,
            "independent_rmse": np.mean([rmse(run, true) for run in runs["independent"]]),
            "chapters_alone_rmse": np.mean(
                [rmse(chapters_alone(traders, clip), true.sum(axis=1)) for _ in range(repetitions)]
            ),
        }
        for name, weights in strategies.items():
            tables = [printed(traders, clip, weights)[""] for _ in range(repetitions)]
            row[f"{name}_rmse"] = np.mean([rmse(t[1:, 1:], true) for t in tables])
            row[f"{name}_chapter_rmse"] = np.mean([rmse(t[1:, 0], true.sum(axis=1)) for t in tables])
            row[f"{name}_origin_rmse"] = np.mean([rmse(t[0, 1:], true.sum(axis=0)) for t in tables])
        found.append({key: round(float(value), 2) for key, value in row.items()})  # type: ignore[arg-type]
        print(found[-1])
    same_clip = found[0]
    return {
        "bench": "privacy accuracy",
        "rho": str(RHO),
        "cells": true.size,
        "importers": int(traders.importer.max()) + 1,
        "gain_percent_at_clip_3": round(100 * (1 - same_clip["finest_rmse"] / same_clip["independent_rmse"]), 1),
        "by_clip": found,
    }


def coverage(sample: Path, repetitions: int) -> dict[str, object]:
    """Against the clipped sums: the interval does not claim to hold clipping bias."""
    traders = load(sample)
    result: dict[str, object] = {"bench": "privacy coverage", "rho": str(RHO), "repetitions": repetitions}
    for name, clip, weights in (("finest", 3, ()), ("chapters", 5, ((0, 1), (1, 1)))):
        clipped = traders.clipped(clip, weights)
        shape = [len(d.hierarchy.codes) for d in traders.table.dimensions]
        finest = clipped.sums.column("declarations").to_numpy()
        true = with_margins(traders.table, finest).reshape(shape) / SCALE
        raw = 2 * 1.959964 * calibrate(clip * SCALE, RHO).sigma / SCALE
        raw_widths = raw * np.sqrt(Levels(traders.table, weights).variances()).reshape(shape)
        hits, widths = np.zeros(shape), np.zeros(shape)
        for _ in range(repetitions):
            got = printed(traders, clip, weights)
            hits += (got["_lower"] <= true) & (true <= got["_upper"])
            widths += got["_upper"] - got["_lower"]
        result[name] = list(_by_level(true, hits / repetitions, widths / repetitions, raw_widths))
    return result


def _by_level(true: Reals, hits: Reals, widths: Reals, raw: Reals) -> Iterator[dict[str, object]]:
    levels = {"total": np.s_[:1, :1], "chapter": np.s_[1:, :1], "origin": np.s_[:1, 1:], "cell": np.s_[1:, 1:]}
    for level, place in levels.items():
        for kind, mask in (("zero", true[place] == 0), ("not zero", true[place] > 0)):
            if mask.any():
                yield {
                    "level": level,
                    "cells": kind,
                    "number": int(mask.sum()),
                    "coverage_percent": round(100 * float(hits[place][mask].mean()), 2),
                    "mean_width": round(float(widths[place][mask].mean()), 2),
                    "raw_width": round(float(raw[place][mask].mean()), 2),
                }


def speed(cells: int) -> dict[str, object]:
    start = time.perf_counter()
    draw(np.zeros(cells, np.int64), calibrate(8, Fraction(1, 50)))
    drawn = time.perf_counter() - start
    tree = _tree(leaves=1_000_000, fan_out=100)
    numbers, weights = np.ones(len(tree.codes)), np.ones(len(tree.codes))
    start = time.perf_counter()
    best_estimates(tree, numbers, weights)
    solved = time.perf_counter() - start
    table = structure(*(dimension(f"d{i}", _codes(30, 10)) for i in range(2)), measures=(ITEMS,))
    zeros = pa.array(np.zeros(300 * 300, np.int64))
    sums = pa.table({**key_columns(table, finest_keys(table)), "declarations": zeros})
    start = time.perf_counter()
    noisy = measure_noisily(
        measurable(ClippedSums(table, "2021", "bench", 8, 1, sums)), calibrate(8, RHO), NO_PROGRESS
    )
    publishable_cells(table, noisy)
    return {
        "bench": "privacy speed",
        "cells": cells,
        "draw_seconds": round(drawn, 2),
        "cells_per_second": round(cells / drawn),
        "gls_leaves": 1_000_000,
        "gls_seconds": round(solved, 2),
        "table_cells": len(all_keys(table)[0]),
        "table_seconds": round(time.perf_counter() - start, 2),
    }


def _codes(groups: int, each: int):  # type: ignore[no-untyped-def]
    leaves = {f"{g:02}{i:02}": f"{g:02}" for g in range(groups) for i in range(each)}
    return codelist("C", {"group": {f"{g:02}": TOTAL for g in range(groups)}, "leaf": leaves})


def _tree(leaves: int, fan_out: int) -> Hierarchy:
    """Total, leaves / fan_out**2, leaves / fan_out, leaves."""
    sizes = [1, leaves // fan_out**2, leaves // fan_out, leaves]
    starts = np.cumsum([0, *sizes])
    parent, level = [-1], [0]
    for depth in range(1, 4):
        parent += (starts[depth - 1] + np.arange(sizes[depth]) % sizes[depth - 1]).tolist()
        level += [depth] * sizes[depth]
    names = tuple(map(str, range(len(parent))))
    return Hierarchy("T", ("a", "b", "c", "d"), names, names, tuple(level), tuple(parent))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["accuracy", "coverage", "speed"])
    parser.add_argument("--sample", type=Path, default=SAMPLE, help="folder of the Korean sample's CSV files")
    parser.add_argument("--repetitions", type=int, default=None)
    parser.add_argument("--cells", type=int, default=1_000_000)
    given = parser.parse_args()
    if given.what == "accuracy":
        result = accuracy(given.sample, given.repetitions or 5)
    elif given.what == "coverage":
        result = coverage(given.sample, given.repetitions or 500)
    else:
        result = speed(given.cells)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
