"""From noisy quantiles to what a reader sees. Reads nothing but the measurement, so it costs no privacy.

The quantile of a cell is the least candidate k with S(k) = (1 - q) #{at most k} - q #{above k} >= 0. The noisy
counts give S(k) with noise of variance sigma^2 ((1 - q)^2 (k + 1) + q^2 (m - 1 - k)); w(k) is its 97.5 % point:

    lower   the least k with noisy S(k) >= -w(k):        wrong only if the noise of S(k*) at the true k* is below -w
    upper   after the last k with noisy S(k) <= w(k):    wrong only if that of S(k* - 1), truly below 0, is above w

so each end is wrong in at most 2.5 % of draws: one S(k) decides each, though all are looked at.
"""

import math
from fractions import Fraction
from statistics import NormalDist
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.interval import CONFIDENCE
from publisher.dp.keys import all_keys, key_columns
from publisher.dp.quantiles import NoisyQuantiles
from publisher.model.privacy import QuantileRules
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Measure, TableStructure

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
_ONE_SIDED = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def quantile_cells(structure: TableStructure, measured: NoisyQuantiles, rules: QuantileRules) -> pa.Table:
    """The `cells` of a ProtectedTable, one row a key of keys.all_keys.

    value   the candidate that was drawn, moved to the nearest end of the interval where it lies outside
    hidden  too few rows, or too wide an interval (QuantileRules)
    """
    columns = key_columns(structure, all_keys(structure))
    counts = measured.counts
    ends = {m.id: interval(counts, m.quantile or Fraction(1, 2), measured.sigma) for m in structure.measures}
    shown = enough_rows(counts, measured.sigma, rules.minimum_rows)
    for low, high in ends.values():
        shown &= high - low < rules.widest
    for measure in structure.measures:
        drawn = measured.numbers.column(measure.id).to_numpy()
        columns |= _columns(measure, drawn, *ends[measure.id], shown)
    status = np.where(shown, ObsStatus.ESTIMATED.value, ObsStatus.LOW_RELIABILITY.value)
    columns["obs_status"] = pa.array(status.tolist(), pa.string())
    free = np.where(shown, ConfStatus.FREE.value, ConfStatus.CONFIDENTIAL.value)
    columns["conf_status"] = pa.array(free.tolist(), pa.string())
    return pa.table(columns)


def interval(counts: Integers, quantile: Fraction, sigma: float) -> tuple[Integers, Integers]:
    """Numbers of candidates, one pair a cell. In units of 1/b for q = a/b, so that S is whole; a row is added to
    w, more than what the steps of whole noise add to a normal tail at a sigma of 1 or more."""
    a, b = quantile.numerator, quantile.denominator
    size = counts.shape[1]
    below = np.cumsum(counts, axis=1)
    score = (b - a) * below - a * (below[:, -1:] - below)
    up, down = np.arange(1, size + 1), np.arange(size - 1, -1, -1)
    width = _ONE_SIDED * sigma * np.sqrt((b - a) ** 2 * up + a**2 * down) + b
    reached, passed = score >= -width, score[:, :-1] <= width[:-1]
    reached[:, -1] = True  # nothing lies above the last
    low = np.argmax(reached, axis=1)
    high = np.where(passed.any(axis=1), size - 1 - np.argmax(passed[:, ::-1], axis=1), 0)
    return low.astype(np.int64), high.astype(np.int64)


def enough_rows(counts: Integers, sigma: float, minimum_rows: int) -> Flags:
    """Whether a cell holds at least `minimum_rows`; said wrongly in at most 2.5 % of draws."""
    margin = math.ceil(_ONE_SIDED * sigma * math.sqrt(counts.shape[1])) + 1
    enough: Flags = counts.sum(axis=1) - margin >= minimum_rows
    return enough


def _columns(measure: Measure, drawn: Integers, low: Integers, high: Integers, shown: Flags) -> dict[str, Any]:
    candidates = np.array(measure.candidates, dtype=np.int64)
    named = {measure.id: np.clip(drawn, low, high), f"{measure.id}_lower": low, f"{measure.id}_upper": high}
    return {name: pa.array(candidates[number], mask=~shown) for name, number in named.items()}
