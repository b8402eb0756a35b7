"""Declarations of 2020 by chapter x origin, from the Korean sample: from the months, and with the year measured."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from publisher.aggregate.clipped import clipped_sums
from publisher.aggregate.clipped_year import clipped_year
from publisher.aggregate.months import months_of
from publisher.dp.estimate import Estimate, estimates_of
from publisher.dp.gaussian import calibrate_squared
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.parts import combined, summed
from publisher.dp.publishable import printed_cells
from publisher.model.confidential import ClippedSums
from publisher.model.privacy import Clip, PrivacyRules
from publisher.model.progress import NO_PROGRESS
from publisher.model.structure import TableStructure
from tests.bench.privacy_traders import load, rmse
from tests.lib.tables import ITEMS, query, structure

YEAR, CLIP = "2020", 8
MONTHS_RHO, YEAR_RHO = Fraction(12, 50), Fraction(1, 10)


@dataclass(frozen=True)
class Sums:
    """What is clipped of the year: by month, and by how many full months a contributor may count for."""

    table: TableStructure
    months: list[ClippedSums]
    years: Mapping[int, ClippedSums]
    true: npt.NDArray[np.int64]

    def drawn(self, sums: ClippedSums, rho: Fraction) -> Estimate:
        noise = calibrate_squared(sums.squared_sensitivity, rho)
        return estimates_of(self.table, measure_noisily(measurable(sums), noise, NO_PROGRESS))[ITEMS.id]

    def of_months(self, rho: Fraction) -> Estimate:
        """`rho` over all twelve."""
        return summed([self.drawn(month, rho / 12) for month in self.months])

    def error(self, estimate: Estimate) -> dict[str, float]:
        """Of the printed numbers, against the declarations themselves: clipping counts."""
        shape = [len(dimension.hierarchy.codes) for dimension in self.table.dimensions]
        printed = printed_cells(self.table, {ITEMS.id: estimate}).column(ITEMS.id).to_numpy().reshape(shape)
        return {
            "cells": rmse(printed[1:, 1:], self.true),
            "chapters": rmse(printed[1:, 0], self.true.sum(axis=1)),
            "total": rmse(printed[:1, 0], self.true.sum(keepdims=True)[0]),
        }


def year(sample: Path, repetitions: int) -> dict[str, Any]:
    """Root mean square errors, mean over repetitions."""
    sums, found = _load(sample), dict[str, list[dict[str, float]]]()
    for _ in range(repetitions):
        months = sums.of_months(MONTHS_RHO)
        tried = {"months": months, "months with all of rho": sums.of_months(MONTHS_RHO + YEAR_RHO)}
        tried |= {f"year of {k}": combined(months, sums.drawn(one, YEAR_RHO)) for k, one in sums.years.items()}
        for name, estimate in tried.items():
            found.setdefault(name, []).append(sums.error(estimate))
    return {
        name: {level: float(np.mean([error[level] for error in errors])) for level in errors[0]}
        for name, errors in found.items()
    }


def _load(sample: Path) -> Sums:
    traders = load(sample)
    table, lists = structure(*traders.table.dimensions, measures=(ITEMS,)), traders.codelists.__getitem__
    asked = query(table, PrivacyRules("importer per calendar year", MONTHS_RHO / 12, Clip(CLIP)))
    traders.connection.execute(
        "UPDATE item SET reference_period = month FROM "
        f'(SELECT "Declaration ID" AS id, "Date"[:7] AS month FROM read_csv(\'{sample}/*.csv\', all_varchar = true)) '
        "WHERE id = declaration_id"
    )
    names = dict.fromkeys(months_of(YEAR).names, "bench")
    months = [clipped_sums(traders.connection, asked, month, "bench", CLIP, codelists=lists) for month in names]
    years = {
        k: clipped_year(traders.connection, asked, YEAR, names, lambda _: None, CLIP, k, codelists=lists)
        for k in (1, 2, 4, 8, 12)
    }
    whole = clipped_sums(traders.connection, asked, YEAR, "bench", 2**30, codelists=lists)
    shape = [len(dimension.hierarchy.leaves) for dimension in table.dimensions]
    true = whole.sums.column(ITEMS.id).to_numpy().reshape(shape) // whole.scale
    return Sums(table, months, years, true)
