"""Splitting a whole number over cells with noisy estimates: nearest in least squares, not negative, whole."""

from typing import cast

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

ROUNDS = 60
CLOSE_ENOUGH = 0.25  # of one unit; rounding to whole numbers mends the rest


def spread(estimates: Reals, variances: Reals, total: int) -> Integers:
    """Whole numbers >= 0 that add up to `total`: the x that minimises sum (x - estimate)^2 / variance, rounded.

    The minimum is max(estimate - variance * level, 0) for the one level at which it adds up (projection onto a
    simplex); too many small noisy cells go to 0 instead of pulling the total up.
    """
    level = _levels(estimates[None, :], variances[None, :], np.array([total], dtype=np.float64))
    return _whole(np.maximum(estimates - variances * level, 0), total)


def spread_both_ways(estimates: Reals, variances: Reals, rows: Integers, columns: Integers) -> Integers:
    """The same for a block of cells whose row and column sums are given (both add up to the same number).

    The minimum has the form max(estimate - variance * (a_row + b_column), 0); a and b are found in turn, each
    exactly given the other (coordinate ascent on the dual). Whole tables with whole margins always exist for two
    ways, so rounding keeps both margins exactly.
    """
    found = np.zeros(estimates.shape, dtype=np.int64)
    some_rows, some_columns = np.flatnonzero(rows), np.flatnonzero(columns)
    if not len(some_rows):
        return found
    inside = np.ix_(some_rows, some_columns)
    nearest = _nearest(estimates[inside], variances[inside], rows[some_rows], columns[some_columns])
    found[inside] = _whole_both_ways(nearest, rows[some_rows], columns[some_columns])
    return found


def _nearest(estimates: Reals, variances: Reals, rows: Integers, columns: Integers) -> Reals:
    b = np.zeros(len(columns))
    for _ in range(ROUNDS):
        a = _levels(estimates - variances * b, variances, rows.astype(np.float64))
        b = _levels((estimates - variances * a[:, None]).T, variances.T, columns.astype(np.float64))
        nearest = np.maximum(estimates - variances * (a[:, None] + b), 0)
        if np.abs(np.cumsum(nearest, axis=1)[:, -1] - rows).max() < CLOSE_ENOUGH:
            break
    return cast(Reals, nearest)


def _levels(estimates: Reals, variances: Reals, totals: Reals) -> Reals:
    """For each row the level at which sum max(estimate - variance * level, 0) is the row's total."""
    heights = estimates / variances
    order = np.argsort(-heights, axis=1, kind="stable")
    weight = np.cumsum(np.take_along_axis(variances, order, axis=1), axis=1)
    level = (np.cumsum(np.take_along_axis(estimates, order, axis=1), axis=1) - totals[:, None]) / weight
    above = np.take_along_axis(heights, order, axis=1) > level
    last = np.maximum(np.cumsum(above, axis=1)[:, -1] - 1, 0)
    return cast(Reals, level[np.arange(len(level)), last])


def _whole(numbers: Reals, total: int) -> Integers:
    """Rounds down, then gives what is missing to the largest fractions (first come first where equal)."""
    down = np.floor(numbers + 1e-9).astype(np.int64)
    missing = total - int(down.sum())
    while missing < 0:  # only by rounding errors of the level
        down[np.argmax(down)] -= 1
        missing += 1
    each, rest = divmod(missing, len(down))
    down += each
    down[np.argsort(down - numbers, kind="stable")[:rest]] += 1
    return down


def _whole_both_ways(numbers: Reals, rows: Integers, columns: Integers) -> Integers:
    """Rounds down, takes back what overshoots a margin, fills up: largest fractions first, the rest where it fits."""
    found = np.floor(numbers + 1e-9).astype(np.int64)
    _take_back(found, rows)
    _take_back(found.T, columns)
    row_gaps, column_gaps = rows - found.sum(axis=1), columns - found.sum(axis=0)
    order = np.argsort((found - numbers).ravel(), kind="stable")
    for i, j in zip(*np.unravel_index(order, found.shape), strict=True):
        if row_gaps[i] > 0 and column_gaps[j] > 0:
            found[i, j] += 1
            row_gaps[i] -= 1
            column_gaps[j] -= 1
    _fill(found, row_gaps, column_gaps)
    return found


def _take_back(found: Integers, margins: Integers) -> None:
    for i in np.flatnonzero(found.sum(axis=1) > margins):
        for j in np.argsort(-found[i], kind="stable"):
            surplus = found[i].sum() - margins[i]
            found[i, j] -= min(found[i, j], max(surplus, 0))


def _fill(found: Integers, row_gaps: Integers, column_gaps: Integers) -> None:
    """North-west corner rule."""
    for i in np.flatnonzero(row_gaps):
        for j in np.flatnonzero(column_gaps):
            step = min(row_gaps[i], column_gaps[j])
            found[i, j] += step
            row_gaps[i] -= step
            column_gaps[j] -= step
