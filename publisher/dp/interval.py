"""95 % intervals of the noise: proven for every combination of discrete Gaussians, exact where sigma is small.

The argument for each bound is in README.md, "Why the interval holds".
"""

import math
from dataclasses import dataclass
from functools import cache
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

CONFIDENCE = 0.95
SMALL_SIGMA = 2.0  # below it, sums of draws are convolved
LONGEST_CONVOLUTION = 4096  # draws
_NORMAL = NormalDist()
_CLOSE = 1e-6  # by which all smoothed draws together may exceed the normal density, as a share
_REACH = 3.5  # standard deviations that are added for the smoothing
_SLACK = 1e-6  # in units of the grid: above anything that floating point could take away


@dataclass(frozen=True)
class Draws:
    """The noise behind some estimates: at most `count` independent discrete Gaussians on the grid of 1/`scale`.

    `sigma` is that of one draw in units of the grid, the smallest (on the coarsest grid) where draws differ. `alike`:
    all have this sigma and grid, and an estimate does nothing but add some of them up.
    """

    sigma: float
    scale: int
    count: int
    alike: bool


def half_widths(variances: Reals, draws: Draws) -> Reals:
    """For each estimate a number that its noise exceeds in at most 5 % of draws, in published units.

    `variances` are in published units squared, with sigma^2 for the variance of a draw.
    """
    if not draws.alike:
        return np.asarray(np.sqrt(variances) * _factor(draws.sigma, draws.count) + _SLACK / draws.scale)
    added, place = np.unique(np.rint(variances * (draws.scale / draws.sigma) ** 2), return_inverse=True)
    widths = np.array([half_width(draws.sigma, int(count)) for count in added], dtype=np.float64)
    return np.asarray(widths[place] / draws.scale)


@cache
def half_width(sigma: float, count: int = 1) -> int:
    """The least whole h that a sum of `count` discrete Gaussians exceeds in at most 5 % of draws, or one above it."""
    if sigma >= SMALL_SIGMA or (count == 1 and sigma > 0.5):
        return _rounded_up(sigma * math.sqrt(count) * _quantile(_excess(sigma, count)) - 0.5)
    if count <= LONGEST_CONVOLUTION:
        return _convolved(sigma, count)
    return _rounded_up(sigma * math.sqrt(count) * _factor(sigma, count))


def _excess(sigma: float, count: int) -> float:
    """The share by which the probabilities of a sum may exceed those of one discrete Gaussian as wide."""
    return math.expm1((count - 1) * math.log1p(2.0001 * math.exp(-((math.pi * sigma) ** 2))))


def _quantile(excess: float, share: float = 1.0) -> float:
    """Beyond it, on both sides, lies `share` of 5 % of a normal distribution that is `excess` too thick."""
    return _NORMAL.inv_cdf(1 - (1 - CONFIDENCE) / 2 * share / (1 + excess))


@cache
def _factor(sigma: float, count: int) -> float:
    """Half-width of any combination of `count` draws, in its standard deviations.

    Draws blurred by a little normal noise are normal but for a share of _CLOSE; what the blur could hide is added.
    Where sigma is too small for that: discrete Gaussians are subgaussian, 2 exp(-t^2 / 2) <= 5 %.
    """
    subgaussian = math.sqrt(2 * math.log(2 / (1 - CONFIDENCE)))
    smooth = math.log(2.0001 * count / _CLOSE) / (2 * math.pi**2)
    if sigma**2 <= smooth:
        return subgaussian
    blur = smooth / (sigma**2 - smooth)  # its variance, as a multiple of the draw's
    wide = _quantile(math.expm1(_CLOSE), _NORMAL.cdf(_REACH)) * math.sqrt(1 + blur) + _REACH * math.sqrt(blur)
    return min(subgaussian, wide)


def _convolved(sigma: float, count: int) -> int:
    """The same by the distribution of the sum itself. What is cut off its ends counts as outside."""
    reach = math.ceil(12 * sigma) + 1
    weights = np.exp(-(np.arange(-reach, reach + 1.0) ** 2) / (2 * sigma**2))
    sums, power = np.ones(1), weights / weights.sum()
    while count:
        if count % 2:
            sums = _cut_off(np.convolve(sums, power))
        power, count = _cut_off(np.convolve(power, power)), count // 2
    middle = len(sums) // 2
    outside = 1 - (2 * np.cumsum(sums[middle:]) - sums[middle])
    return int(np.flatnonzero(outside <= 1 - CONFIDENCE - 1e-12)[0])


def _cut_off(probabilities: Reals) -> Reals:
    """Without the ends, alike on both sides, where each is below 1e-30."""
    inside = np.flatnonzero(probabilities >= 1e-30)
    return probabilities[inside[0] : inside[-1] + 1]


def _rounded_up(number: float) -> int:
    return math.ceil(number + _SLACK)
