"""95 % intervals of the noise."""

import math
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

CONFIDENCE = 0.95
_EXACT_BELOW = 100.0
_ONE = 1e-9
_TWO_SIDED = NormalDist().inv_cdf((1 + CONFIDENCE) / 2)


def half_width(sigma: float, variance: float) -> int:
    """The least whole h that a combination of discrete Gaussians exceeds in at most 5 % of draws.

    `sigma` is the noise's on one number, `variance` that of the combination as a multiple of sigma^2. One number
    with small sigma: by summing the probabilities. Otherwise from the normal distribution, rounded up: a discrete
    Gaussian has no more variance than sigma^2 (Canonne, Kamath & Steinke 2020), and rounding up outweighs that
    sums of whole numbers are whole.
    """
    if abs(variance - 1) < _ONE and sigma < _EXACT_BELOW:
        return _exact(sigma)
    return math.ceil(_TWO_SIDED * sigma * math.sqrt(variance) - 1e-9)


def half_widths(sigma: float, variances: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """The same for each element."""
    least = float(variances.min())
    distinct, place = np.unique(np.round(variances / least, 9), return_inverse=True)
    return np.array([half_width(sigma, float(v) * least) for v in distinct], dtype=np.int64)[place]


def _exact(sigma: float) -> int:
    values = np.arange(0, math.ceil(40 * sigma) + 2)
    weights = np.exp(-(values.astype(float) ** 2) / (2 * sigma**2))
    outside = 2 * (weights.sum() - np.cumsum(weights)) / (2 * weights.sum() - 1)
    return int(np.flatnonzero(outside <= 1 - CONFIDENCE)[0])
