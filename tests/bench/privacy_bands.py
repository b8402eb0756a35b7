"""Value bands measured: python -m tests.bench.privacy_bands. Last line: one JSON object.

Value of imports by chapter x origin on the Korean sample, c = 1,581 (of the square root of a won; 50 of that of a
thousand won), rho = 1, for several a: errors and coverage by level in thousand won, and the curve at its importers.
"""

import argparse
import json
import math
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from publisher.dp.band.loss import K, inner, loss_at
from publisher.dp.band.mechanism import NoisyRoots, noise_for, roots
from publisher.dp.band.print import band_cells
from publisher.dp.gaussian import draw
from publisher.dp.margins import with_margins
from publisher.model.band import BandRules
from publisher.model.codelist import TOTAL
from publisher.model.structure import TableStructure
from tests.bench.privacy_traders import SAMPLE, rmse
from tests.lib.tables import VALUE, codelist, dimension, structure

C = 1581
BLURS = (0, 625_000, 2_500_000)
RHO = Fraction(1)
THOUSAND = 1000

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Values:
    """`sums`: won, one a finest cell; `importers`: won, one an importer."""

    table: TableStructure
    sums: Integers
    importers: Integers

    @property
    def true(self) -> Integers:
        """(total and chapters, total and origins)"""
        return grid(self.table, with_margins(self.table, self.sums))


def grid(table: TableStructure, numbers: Integers) -> Integers:
    return numbers.reshape([len(d.hierarchy.codes) for d in table.dimensions])


def load(sample: Path) -> Values:
    rows = duckdb.sql(f"""
        SELECT "Importer ID", lpad("HS6 Code", 6, '0')[:2], "Country of Origin",
               CAST(sum(CAST("Item Price" AS DECIMAL(18, 2))) AS BIGINT)
        FROM read_csv('{sample}/*.csv', all_varchar = true) GROUP BY ALL ORDER BY ALL
    """).fetchall()
    goods, lands = (sorted({row[i] for row in rows}) for i in (1, 2))
    sums = np.zeros((len(goods), len(lands)), dtype=np.int64)
    importers: dict[str, int] = {}
    for importer, good, land, value in rows:
        sums[goods.index(good), lands.index(land)] += value
        importers[importer] = importers.get(importer, 0) + value
    trees = (
        dimension("commodity", codelist("HS", {"chapter": dict.fromkeys(goods, TOTAL)})),
        dimension("partner", codelist("COUNTRY", {"country": dict.fromkeys(lands, TOTAL)})),
    )
    return Values(structure(*trees, measures=(VALUE,)), sums.ravel(), np.array(list(importers.values())))


def measured(values: Values, rules: BandRules, repetitions: int) -> dict[str, object]:
    noise, true = noise_for(values.table, rules), values.true
    s = noise.sigma / K
    levels = {"cells": np.s_[1:, 1:], "chapters": np.s_[1:, 0], "origins": np.s_[0, 1:], "total": np.s_[0, 0]}
    found: dict[str, list[float]] = {}
    for _ in range(repetitions):
        start = time.perf_counter()
        noisy = NoisyRoots(rules.rho, noise.sigma, draw(roots(values.sums.tolist(), rules.a), noise))
        middle = time.perf_counter()
        cells = band_cells(values.table, rules, noisy)
        ended = time.perf_counter()
        names = (f"statistical_value{end}" for end in ("", "_lower", "_upper"))
        value, lower, upper = (grid(values.table, cells.column(name).to_numpy()) for name in names)
        raw = with_margins(values.table, np.rint((noisy.roots / K) ** 2 - rules.a - s**2).astype(np.int64))
        figures = {"measure_seconds": middle - start, "print_seconds": ended - middle}
        for level, part in levels.items():
            inside = (lower[part] <= true[part]) & (true[part] <= upper[part])
            empty = true[part] == 0
            figures[f"{level}_rmse"] = rmse(value[part], true[part]) / THOUSAND
            figures[f"{level}_raw_rmse"] = rmse(grid(values.table, raw)[part], true[part]) / THOUSAND
            figures[f"{level}_coverage"] = float(np.mean(inside))
            if level == "cells":
                figures["cells_mae"] = float(np.mean(np.abs(value[part] - true[part]))) / THOUSAND
                figures["cells_raw_mae"] = (
                    float(np.mean(np.abs(grid(values.table, raw)[part] - true[part]))) / THOUSAND
                )
                figures["empty_cells_coverage"] = float(np.mean(inside[empty]))
                figures["other_cells_coverage"] = float(np.mean(inside[~empty]))
        for name, figure in figures.items():
            found.setdefault(name, []).append(figure)
    return {name: round(float(np.mean(figures)), 4) for name, figures in found.items()}


def losses(values: Values, rules: BandRules) -> dict[str, float]:
    c_squared, a = inner(rules, VALUE)
    sizes = {f"P_at_{p}": int(np.percentile(values.importers, p)) for p in (50, 98, 100)}
    return {name: round(float(loss_at(size, c_squared, a, rules.rho)), 4) for name, size in sizes.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sample", type=Path, default=SAMPLE, help="folder of the Korean sample's CSV files")
    parser.add_argument("--repetitions", type=int, default=20)
    given = parser.parse_args()
    values = load(given.sample)
    rows = []
    for a in BLURS:
        rules = BandRules("", C, a, RHO)
        rows.append({"a": a, **losses(values, rules), **measured(values, rules, given.repetitions)})
        print(rows[-1], flush=True)
    print(
        json.dumps(
            {
                "bench": "privacy bands",
                "c": C,
                "s": round(C / math.sqrt(2 * RHO), 1),
                "rho": str(RHO),
                "unit": "thousand won",
                "cells": len(values.sums),
                "importers": len(values.importers),
                "true_total": int(values.sums.sum()) // THOUSAND,
                "all_zeros_rmse": round(rmse(np.zeros_like(values.sums), values.sums) / THOUSAND),
                "by_a": rows,
            }
        )
    )


if __name__ == "__main__":
    main()
