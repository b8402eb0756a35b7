"""Privacy loss in the two languages readers know: rho (zCDP) and epsilon at a delta."""

import math
from fractions import Fraction

DELTA = 1e-6
DELTAS = (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
_STEPS = 200


def epsilon(rho: Fraction, delta: float = DELTA) -> float:
    """The epsilon for which rho-zCDP implies (epsilon, delta)-DP, rounded up to four decimals.

    The smallest over alpha > 1 of   alpha rho + ln(1 / (alpha delta)) / (alpha - 1) + ln(1 - 1 / alpha)
    (Canonne, Kamath & Steinke 2020, Proposition 12). Every alpha gives a valid epsilon, so a search that
    stops early only makes the answer too large.
    """
    low, high = math.log(1e-6), math.log(1e9)
    for _ in range(_STEPS):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if _at(rho, delta, left) < _at(rho, delta, right):
            high = right
        else:
            low = left
    return max(0.0, math.ceil(_at(rho, delta, low) * 10**4) / 10**4)


def curve(rho: Fraction) -> tuple[tuple[float, float], ...]:
    """(delta, epsilon) for DELTAS: one promise in many words, of which each holds."""
    return tuple((delta, epsilon(rho, delta)) for delta in DELTAS)


def _at(rho: Fraction, delta: float, log_excess: float) -> float:
    excess = math.exp(log_excess)  # alpha - 1
    alpha = 1 + excess
    return float(rho) * alpha - (math.log(alpha) + math.log(delta)) / excess + math.log(excess / alpha)
