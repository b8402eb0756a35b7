"""95 % intervals for sums of cells whose square roots were measured: exact for every number of cells.

With y = x + s Z in each of n cells, x^2 = sum + a, the statistic T = sum of y^2 / s^2 has a noncentral chi-squared
distribution with n degrees of freedom, and its noncentrality (total of the sums + n a) / s^2 is all that it depends
on: not on how the total lies over the cells. So the interval is those totals for which T is in the middle 95 %.
"""

from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from scipy.stats import ncx2

from publisher.dp.interval import CONFIDENCE

Reals = npt.NDArray[np.float64]
OUTSIDE = (1 - CONFIDENCE) / 2
Z = NormalDist().inv_cdf(1 - OUTSIDE)
HALVINGS = 45
LARGE = 1e3  # from here on the distribution comes from its first four cumulants


def lower_noncentrality(statistic: Reals, cells: Reals) -> Reals:
    """The noncentrality at which T exceeds `statistic` in 2.5 % of draws; 0 where none is so small."""
    return _inverted(statistic, cells, Z)


def upper_noncentrality(statistic: Reals, cells: Reals) -> Reals:
    """The noncentrality at which T stays below `statistic` in 2.5 % of draws."""
    return _inverted(statistic, cells, -Z)


def _inverted(statistic: Reals, cells: Reals, z: float) -> Reals:
    """By halving an interval of noncentralities: the larger it is, the rarer T is below the statistic."""
    low = np.zeros(len(statistic))
    high = 2 * statistic + 100 * (1 + cells)
    for _ in range(HALVINGS + int(np.log2(max(1.0, high.max(initial=1.0))))):
        middle = (low + high) / 2
        is_below = _standardised(statistic, cells, middle) > z
        low, high = np.where(is_below, middle, low), np.where(is_below, high, middle)
    return high


def _standardised(statistic: Reals, cells: Reals, noncentrality: Reals) -> Reals:
    """The place of `statistic` in T's distribution, as that of an equally rare normal number."""
    large = statistic + cells > LARGE
    found = np.empty(len(statistic))
    found[large] = _by_cumulants(statistic[large], cells[large], noncentrality[large])
    small = ~large
    places = ncx2.cdf(statistic[small], cells[small], noncentrality[small])
    found[small] = np.where(places < OUTSIDE, -np.inf, np.where(places > 1 - OUTSIDE, np.inf, 0.0))
    return found


def _by_cumulants(statistic: Reals, cells: Reals, noncentrality: Reals) -> Reals:
    """Cornish and Fisher's expansion, from the quantity to the normal one.

    The r-th cumulant of T is 2^(r-1) (r-1)! (cells + r noncentrality).
    """
    variance = 2 * (cells + 2 * noncentrality)
    skewness = 8 * (cells + 3 * noncentrality) / variance**1.5
    excess = 48 * (cells + 4 * noncentrality) / variance**2
    w = (statistic - cells - noncentrality) / np.sqrt(variance)
    third = skewness**2 * (4 * w**3 - 7 * w) / 36
    found: Reals = w - skewness * (w**2 - 1) / 6 - excess * (w**3 - 3 * w) / 24 + third
    return found
