"""How often 95 % intervals hold after post-processing, and how wide they are, by level, zero and other cells apart.

Against the clipped sums: the interval does not claim to hold clipping bias. For each level: over all cells, which is
what the intervals claim; and over the cells that a gate at 50 % shows, which they do not. `standard_error` is that of
the percentage over repetitions (its cells of one repetition hang together). The grand total is one cell: it gets
`TOTAL_DRAWS` draws of its noise alone, which is the sum of as many discrete Gaussians as cells are added.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa

from publisher.dp.estimate import Estimate, estimates_of
from publisher.dp.gaussian import GaussianNoise, calibrate_squared, draw
from publisher.dp.keys import all_keys, key_columns
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.publishable import printed_cells
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.privacy import QualityRules
from publisher.model.progress import NO_PROGRESS
from publisher.model.structure import TableStructure
from tests.bench.privacy_accuracy import CELLS, CHAPTERS, SHARE
from tests.bench.privacy_traders import ONCE, RHO, SCALE, Integers, Reals, Traders, load
from tests.lib.tables import TRADERS, codelist, dimension, structure

TOTAL_DRAWS = 20_000
GATE = QualityRules(hide_above_percent=Fraction(50))
LEVELS = {"total": np.s_[:1, :1], "chapter": np.s_[1:, :1], "origin": np.s_[:1, 1:], "cell": np.s_[1:, 1:]}
KINDS = ("zero", "not zero")


@dataclass(frozen=True)
class Case:
    """One way to measure the table. `true` is one number a key, in whole units."""

    clipped: ClippedSums
    measure: str
    true: Reals


@dataclass
class Tally:
    """One level and kind: of each repetition the share of cells that is held, and means of widths."""

    cells: int
    held: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    shown: int = 0
    shown_held: int = 0

    def count(self, inside: Reals, shown: Reals, widths: Reals, raw: Reals) -> None:
        self.held.append(float(inside.mean()))
        self.width.append(float(widths.mean()))
        self.raw.append(float(raw.mean()))
        self.shown += int(shown.sum())
        self.shown_held += int((shown & inside).sum())

    def row(self) -> dict[str, object]:
        runs = len(self.held)
        return {
            "cells": self.cells,
            "coverage_percent": round(100 * float(np.mean(self.held)), 2),
            "standard_error": round(100 * float(np.std(self.held)) / math.sqrt(runs), 3),
            "mean_width": round(float(np.mean(self.width)), 3),
            "raw_width": round(float(np.mean(self.raw)), 3),
            "shown_cells_a_run": round(self.shown / runs, 1),
            "shown_coverage_percent": round(100 * self.shown_held / self.shown, 2) if self.shown else None,
        }


def coverage(sample: Path, repetitions: int) -> dict[str, object]:
    traders = load(sample)
    result: dict[str, object] = {"bench": "privacy coverage", "rho": str(RHO), "repetitions": repetitions}
    for name, case in _cases(traders):
        result[name] = _case(case, repetitions)
    return result


def _cases(traders: Traders) -> Iterator[tuple[str, Case]]:
    """Finest cells alone; chapters too; and distinct counts of every level, which do not add up."""
    for name, plan in (("finest", None), ("chapters", traders.plan(CELLS, CHAPTERS, SHARE))):
        clipped = traders.clipped(CELLS, plan)
        sums = clipped.sums.column(ONCE.id).to_numpy()
        best = Levels(traders.table, clipped.weights).estimates if plan else partial(with_margins, traders.table)
        yield name, Case(clipped, ONCE.id, best(sums) / clipped.scale)
    table = structure(*traders.table.dimensions, measures=(TRADERS,))
    distinct = _distinct(traders).ravel()
    own = pa.table({**key_columns(table, all_keys(table)), "traders": pa.array(distinct * SCALE)})
    yield "own margins", Case(ClippedSums(table, "2021", "bench", 3, SCALE, own), "traders", distinct.astype(float))


def _distinct(traders: Traders) -> Integers:
    """(total and chapters, total and origins): traders; nothing clipped, for the noise is what is looked at."""
    goods, lands = (dimension.hierarchy.node for dimension in traders.table.dimensions)
    found = np.zeros(traders.shape, dtype=np.int64)
    counted = (
        "SELECT commodity, partner, count(DISTINCT importer) FROM declaration GROUP BY CUBE (commodity, partner)"
    )
    for chapter, origin, number in traders.connection.execute(counted).fetchall():
        found[goods[chapter or TOTAL], lands[origin or TOTAL]] = number
    return found


def _case(case: Case, repetitions: int) -> list[dict[str, object]]:
    table, noise = case.clipped.structure, calibrate_squared(case.clipped.squared_sensitivity, RHO)
    shape = tuple(len(d.hierarchy.codes) for d in table.dimensions)
    true, what = case.true.reshape(shape), measurable(case.clipped)
    tallies: dict[tuple[str, str], Tally] = {}
    for _ in range(repetitions):
        estimate = estimates_of(table, measure_noisily(what, noise, NO_PROGRESS))[case.measure]
        _tally(tallies, true, _printed(table, case.measure, estimate, shape))
    rows = [
        {"level": level, "of": kind, **tally.row()} for (level, kind), tally in tallies.items() if level != "total"
    ]
    return [_total(case, noise), *rows]


Printed = tuple[Reals, Reals, Reals, Reals]  # lower, upper, shown, raw width; each (rows, columns)


def _printed(table: TableStructure, measure: str, estimate: Estimate, shape: tuple[int, ...]) -> Printed:
    cells = printed_cells(table, {measure: estimate}, GATE)
    lower, upper = (cells.column(f"{measure}_{end}").to_numpy().reshape(shape) for end in ("lower", "upper"))
    shown = cells.column(measure).is_valid().to_numpy().reshape(shape)
    width = estimate.half_widths()
    raw = np.ceil(estimate.numbers + width - 1e-9) - np.floor(estimate.numbers - width + 1e-9)
    return lower, upper, shown, raw.reshape(shape)


def _tally(tallies: dict[tuple[str, str], Tally], true: Reals, printed: Printed) -> None:
    lower, upper, shown, raw = printed
    inside = (lower <= true) & (true <= upper)
    for level, place in LEVELS.items():
        for kind, mask in zip(KINDS, (true[place] == 0, true[place] > 0), strict=True):
            if mask.any():
                tally = tallies.setdefault((level, kind), Tally(int(mask.sum())))
                parts = (inside, shown, upper - lower, raw)
                tally.count(*(numbers[place][mask] for numbers in parts))


def _total(case: Case, noise: GaussianNoise) -> dict[str, object]:
    """The same for the grand total, whose noise is drawn alone."""
    real = estimates_of(case.clipped.structure, measure_noisily(measurable(case.clipped), noise, NO_PROGRESS))
    variances = np.full(TOTAL_DRAWS, real[case.measure].variances[0])
    estimate = Estimate(
        case.true[0] + _noise_of_total(case, noise) / case.clipped.scale, variances, real[case.measure].draws
    )
    codes = codelist("DRAWS", {"draw": {f"{number:05}": TOTAL for number in range(TOTAL_DRAWS)}})
    lower, upper, _, raw = _printed(
        structure(dimension("draw", codes, ["draw"]), measures=(TRADERS,)), "traders", estimate, (TOTAL_DRAWS,)
    )
    held = float(((lower <= case.true[0]) & (case.true[0] <= upper)).mean())
    return {
        "level": "total",
        "of": "not zero",
        "cells": 1,
        "draws": TOTAL_DRAWS,
        "coverage_percent": round(100 * held, 2),
        "standard_error": round(100 * math.sqrt(held * (1 - held) / TOTAL_DRAWS), 3),
        "mean_width": round(float((upper - lower).mean()), 3),
        "raw_width": round(float(raw.mean()), 3),
    }


def _noise_of_total(case: Case, noise: GaussianNoise) -> Reals:
    """TOTAL_DRAWS numbers in units of the grid: for each level measured, its part in the estimate of the total."""
    table = case.clipped.structure
    if not table.measures[0].adds_up:
        return _sums_of_draws(noise, 1)
    levels = Levels(table, case.clipped.weights)
    place = np.array(
        [np.array(d.hierarchy.level_of)[k] for d, k in zip(table.dimensions, all_keys(table), strict=True)]
    )
    found = np.zeros(TOTAL_DRAWS)
    for cut in np.unique(place[:, levels.by_key() > 0], axis=1).T:
        inside = np.all(place == cut[:, None], axis=0)
        weight = levels.estimates(inside.astype(np.int64))[0] / inside.sum()
        found += weight * _sums_of_draws(noise, int(inside.sum()))
    return found


def _sums_of_draws(noise: GaussianNoise, count: int) -> Reals:
    wide = GaussianNoise(noise.squared_sensitivity, noise.rho, noise.sigma * math.sqrt(count))
    return draw(np.zeros(TOTAL_DRAWS, np.int64), wide).astype(np.float64)
