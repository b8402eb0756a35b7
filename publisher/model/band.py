"""Parameters and statement of value bands. Public: a reader is entitled to all of it."""

from dataclasses import dataclass
from fractions import Fraction

WITHIN = " within c = "  # in the name of a unit, between what is protected and how far


@dataclass(frozen=True)
class BandRules:
    """How one value table is noised on the scale of the square root (publisher/dp/band/README.md).

    Two values v and w of one contributor are within the band where |sqrt v - sqrt w| <= `c`; `rho` is the zCDP loss
    of one measurement for contributors whose values lie within it. `a` blurs the small. c^2 and a are in published
    units of the measure. Presence has no bound but the curve P(v).
    """

    unit: str
    c: int
    a: int
    rho: Fraction

    @property
    def protected(self) -> str:
        """What the unit is about, without its c: "importer's statistical_value"."""
        return self.unit.partition(WITHIN)[0]


@dataclass(frozen=True, slots=True)
class BandPoint:
    """What one contributor of total `value` (published units) loses. Every number is rounded to its disadvantage.

    low, high     the least and largest whole value within the band around it, rounded inwards
    rho, epsilon  the loss of its presence: P(value), and epsilon at the statement's delta
    """

    value: int
    low: int
    high: int
    rho: Fraction
    epsilon: float


@dataclass(frozen=True)
class BandStatement:
    """The different promise of a value table. `measure` and `measure_unit` name what c and a are of; `sigma` of the
    NoiseStatement is that of the noise on the square root of a cell."""

    measure: str
    measure_unit: str
    c: int
    a: int
    curve: tuple[BandPoint, ...]
