"""From noisy square roots to what a reader sees. Reads nothing but the measurement, so it costs no privacy."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.band.interval import Z, lower_noncentrality, upper_noncentrality
from publisher.dp.band.loss import K, inner
from publisher.dp.band.mechanism import NoisyRoots
from publisher.dp.fold import consistent_table
from publisher.dp.keys import all_keys, key_columns
from publisher.dp.margins import with_margins
from publisher.model.band import BandRules
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
GRAINS = 20  # a printed number is a multiple of a power of ten that is at most this part of s squared
LARGEST_VARIANCE = 2.0**49  # of a cell, in squared grains; 12,000 of them fit 64 bits


@dataclass(frozen=True)
class _Scale:
    """The noise of one table, in units of 1/10**decimals: `s` on a root, `a` under it, numbers printed in `grain`."""

    s: float
    a: int

    @property
    def grain(self) -> int:
        return grain_of(self.s**2)


def grain_of(s_squared: float) -> int:
    """The largest power of ten that is at most a twentieth of s^2, at least 1: digits below it would be noise."""
    return int(10 ** max(0, math.floor(math.log10(s_squared / GRAINS))))


def band_cells(structure: TableStructure, rules: BandRules, measured: NoisyRoots) -> pa.Table:
    """The `cells` of a ProtectedTable, one row a key of keys.all_keys.

    value         near the unbiased estimate y^2 - a - s^2 of each cell and its sums, whole, at least 0; every margin
                  is exactly the sum of its parts (dp/consistent.py), weighted by estimated variances
    lower, upper  the 95 % interval of the noise (interval.py), at least 0, widened to the value where that lies
                  outside. Its upper end is never below that of an estimate of 0.

    All three are multiples of the grain.
    """
    (measure,) = structure.measures
    scale = _Scale(measured.sigma / K, inner(rules, measure)[1])
    roots = measured.roots / K
    estimates = with_margins(structure, np.rint(roots**2 - scale.a - scale.s**2).astype(np.int64))
    value = consistent_table(structure, estimates / scale.grain, _variances(structure, roots, scale)) * scale.grain
    lower, upper = _interval(structure, roots, estimates, scale)
    keys = all_keys(structure)
    columns: dict[str, pa.Array[Any]] = key_columns(structure, keys)
    columns[measure.id] = pa.array(value)
    columns[f"{measure.id}_lower"] = pa.array(np.minimum(_outwards(lower, scale.grain, np.floor), value))
    columns[f"{measure.id}_upper"] = pa.array(np.maximum(_outwards(upper, scale.grain, np.ceil), value))
    columns["obs_status"] = pa.array([ObsStatus.ESTIMATED.value] * len(keys[0]), pa.string())
    columns["conf_status"] = pa.array([ConfStatus.FREE.value] * len(keys[0]), pa.string())
    return pa.table(columns)


def _variances(structure: TableStructure, roots: Reals, scale: _Scale) -> Reals:
    """Of the estimates, in squared grains: 4 (sum + a) s^2 + 2 s^4, with the sum estimated, at least that of 0."""
    s_squared = scale.s**2
    found = np.maximum(4 * roots**2 * s_squared - 2 * s_squared**2, 4 * scale.a * s_squared + 2 * s_squared**2)
    whole = np.clip(np.rint(found / scale.grain**2), 1, LARGEST_VARIANCE).astype(np.int64)
    return with_margins(structure, whole).astype(np.float64)


def _interval(structure: TableStructure, roots: Reals, estimates: Integers, scale: _Scale) -> tuple[Reals, Reals]:
    """(lower, upper), one a key of keys.all_keys."""
    cells = with_margins(structure, np.ones(len(roots), dtype=np.int64)).astype(np.float64)
    below = cells * (scale.a + scale.s**2)  # what is taken off the squares
    parted = cells > 1
    lower, upper = np.empty(len(cells)), np.empty(len(cells))
    statistic = [np.maximum(numbers[parted] + below[parted], 0) / scale.s**2 for numbers in _both(estimates)]
    lower[parted] = lower_noncentrality(statistic[0], cells[parted]) * scale.s**2 - scale.a * cells[parted]
    upper[parted] = upper_noncentrality(statistic[1], cells[parted]) * scale.s**2 - scale.a * cells[parted]
    lower[~parted], upper[~parted] = _interval_of_one(_root_of_one(structure, roots, ~parted), scale)
    return np.maximum(lower, 0), np.maximum(upper, 0)


def _both(estimates: Integers) -> tuple[Reals, Reals]:
    """The estimates for the lower end, and those for the upper: not below 0."""
    return estimates.astype(np.float64), np.maximum(estimates, 0).astype(np.float64)


def _root_of_one(structure: TableStructure, roots: Reals, single: npt.NDArray[np.bool_]) -> Reals:
    """The noisy root of the one finest cell that each of these keys holds."""
    places = with_margins(structure, np.arange(len(roots), dtype=np.int64))
    return roots[places[single]]


def _interval_of_one(roots: Reals, scale: _Scale) -> tuple[Reals, Reals]:
    """One cell: the noise on its root is normal, so (y - z s)^2 - a and (y + z s)^2 - a."""
    least = math.sqrt(scale.a + scale.s**2)  # the root at which the estimate is 0
    reach = Z * scale.s
    lower = np.maximum(roots - reach, math.sqrt(scale.a)) ** 2 - scale.a
    return lower, (np.maximum(roots, least) + reach) ** 2 - scale.a


def _outwards(numbers: Reals, grain: int, rounded: Any) -> Integers:
    whole: Integers = rounded(numbers / grain).astype(np.int64)
    return whole * grain
