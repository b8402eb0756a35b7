"""A lower bound on epsilon from many runs with and without one contributor."""

import math

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

WRONG = 1e-7  # how likely each one-sided Clopper-Pearson bound is wrong, at most

Numbers = npt.NDArray[np.float64]


def epsilon_at_least(absent: Numbers, present: Numbers, threshold: float, *, delta: float) -> float:
    """A lower bound on epsilon at `delta`; the threshold is fixed before anything is drawn.

    (epsilon, delta)-DP means P(over | present) <= exp(epsilon) P(over | absent) + delta.
    """
    over_present, over_absent = int(np.sum(present > threshold)), int(np.sum(absent > threshold))
    p = beta.ppf(WRONG, over_present, len(present) - over_present + 1) if over_present else 0.0
    q = beta.ppf(1 - WRONG, over_absent + 1, len(absent) - over_absent) if over_absent < len(absent) else 1.0
    return math.log((p - delta) / q) if p > delta else 0.0
