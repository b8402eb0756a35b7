"""What one contributor loses by a measurement of value bands, in whole numbers and fractions, never rounded down.

    P(v) = rho (g(v) / c)^2 (1 + 1 / (K g(1)))^2     with  g(v) = sqrt(v + a) - sqrt(a)

The last factor is for square roots that are cut to whole multiples of 1/K. README.md has the argument.
"""

import math
from collections.abc import Iterator
from fractions import Fraction

from publisher.dp.loss import DELTA, epsilon
from publisher.model.band import BandPoint, BandRules
from publisher.model.structure import Measure

K = 2**30  # square roots are measured in units of 1/K
FINE = 2**64  # bounds on square roots hold to 1/FINE
LARGEST_POWER = 13
SIGNIFICANT = 10**5  # rho on the curve has six digits


def inner(rules: BandRules, measure: Measure) -> tuple[int, int]:
    """(c squared, a) in units of 1/10**decimals, the program's own."""
    return rules.c**2 * 10**measure.decimals, rules.a * 10**measure.decimals


def root_up(number: int) -> int:
    """The least whole number whose square is at least `number`."""
    return math.isqrt(number - 1) + 1 if number > 0 else 0


def sensitivity(c_squared: int, cells: int, k: int = K) -> int:
    """How far k times the roots, cut to whole numbers, move in L2 between values within the band, at most.

    In n cells they move by k times at most c in L2 before they are cut, and cutting adds less than 1 in each.
    """
    return root_up(k * k * c_squared) + root_up(cells)


def loss_at(value: int, c_squared: int, a: int, rho: Fraction, k: int = K) -> Fraction:
    """An upper bound on P(value): the rho that presence loses with `value` in all cells together, however spread.

    All in units of 1/10**decimals. g(v)^2 = v + 2a - 2 sqrt(a (v + a)).
    """
    product = a * (value + a)
    moved = value + 2 * a - 2 * Fraction(math.isqrt(FINE * FINE * product), FINE)
    return rho * moved / c_squared * cut_factor(a, k)


def cut_factor(a: int, k: int = K) -> Fraction:
    """At least (1 + 1 / (k g(1)))^2, since 1 / g(1) = sqrt(1 + a) + sqrt(a) <= 2 sqrt(1 + a)."""
    return (1 + Fraction(root_up(4 * (a + 1)), k)) ** 2


def curve(rules: BandRules, measure: Measure) -> tuple[BandPoint, ...]:
    """P at powers of ten of the published unit, which no data choose."""
    return tuple(_points(rules, measure))


def _points(rules: BandRules, measure: Measure) -> Iterator[BandPoint]:
    c_squared, a = inner(rules, measure)
    for power in range(LARGEST_POWER):
        value = 10**power
        rho = _rounded_up(loss_at(value * 10**measure.decimals, c_squared, a, rules.rho))
        yield BandPoint(value, *_band(value, rules.c), rho, epsilon(rho, DELTA))


def _band(value: int, c: int) -> tuple[int, int]:
    """The least and the largest whole w with |sqrt(w) - sqrt(value)| <= c: w = value + c^2 -+ 2 c sqrt(value)."""
    step = math.isqrt(4 * c * c * value)  # rounded down, so inwards
    low = value + c * c - step if value > c * c else 0
    return low, value + c * c + step


def _rounded_up(number: Fraction) -> Fraction:
    """The next number with six significant digits."""
    unit = Fraction(1)
    while number < SIGNIFICANT * unit:
        unit /= 10
    while number >= 10 * SIGNIFICANT * unit:
        unit *= 10
    return math.ceil(number / unit) * unit
