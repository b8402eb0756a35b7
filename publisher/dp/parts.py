"""The measurements that a quarter or year is made of, and the best estimate from all of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from publisher.dp.estimate import Estimate
from publisher.dp.interval import Draws
from publisher.dp.months import Sealed


@dataclass(frozen=True)
class Parts:
    """`new` and `kept`: the newest measurement of each month, `kept` those that the year's measurement added up.
    `year` is that measurement, None where it says nothing of them; `old`: the months in it that were measured again.
    """

    new: tuple[Sealed, ...]
    kept: tuple[Sealed, ...] = ()
    year: Sealed | None = None
    old: tuple[Sealed, ...] = ()

    @property
    def months(self) -> tuple[Sealed, ...]:
        """In order."""
        return tuple(sorted((*self.new, *self.kept), key=lambda month: month.period))

    @property
    def all(self) -> tuple[Sealed, ...]:
        """The months in order, the year, and what it was corrected by."""
        return (*self.months, *((self.year,) if self.year else ()), *self.old)

    def estimate(self, of: Mapping[str, Estimate]) -> Estimate:
        """Least squares from all of them, by key: README.md, "A month measured again"."""
        if self.year is None:
            return summed([of[month.key] for month in self.months])
        months, year = self.both(of)
        return summed([*(of[month.key] for month in self.new), combined(months, year)])

    def both(self, of: Mapping[str, Estimate]) -> tuple[Estimate, Estimate]:
        """What the months say of those that are kept, and what the year says of them."""
        if self.year is None:
            raise ValueError("no measurement of the year is among these")
        old = [of[month.key] for month in self.old]
        return summed([of[month.key] for month in self.kept]), less(of[self.year.key], old)


def summed(parts: Sequence[Estimate]) -> Estimate:
    """The estimate of a sum: numbers and variances add up, because every measurement has noise of its own."""
    return Estimate(
        numbers=sum((part.numbers for part in parts[1:]), parts[0].numbers),
        variances=sum((part.variances for part in parts[1:]), parts[0].variances),
        draws=_together([part.draws for part in parts]),
    )


def combined(months: Estimate, annual: Estimate) -> Estimate:
    """The best of two independent estimates of the same year: each counts by the inverse of its variance.

        x = (V_a sum(m) + V_m a) / (V_a + V_m)      variance V_a V_m / (V_a + V_m)       (Gauss & Markov)

    The same: that is, `annual` measured the sum over months of the vectors that were clipped for `months`. Of vectors
    clipped to the year's own bound the expectation is another, and so is that of distinct traders in a year.
    """
    weight = annual.variances / (annual.variances + months.variances)
    return Estimate(
        numbers=weight * months.numbers + (1 - weight) * annual.numbers,
        variances=weight * months.variances,
        draws=replace(_together([months.draws, annual.draws]), alike=False),
    )


def less(whole: Estimate, parts: Sequence[Estimate]) -> Estimate:
    """A measurement of a year without what others measured of it: noise adds up, whatever the sign."""
    return Estimate(
        numbers=whole.numbers - sum(part.numbers for part in parts),
        variances=whole.variances + sum(part.variances for part in parts),
        draws=replace(_together([whole.draws, *(part.draws for part in parts)]), alike=False),
    )


def _together(draws: Sequence[Draws]) -> Draws:
    """All of them; alike only if each of them is, and like the others."""
    alike = all(one.alike and (one.sigma, one.scale) == (draws[0].sigma, draws[0].scale) for one in draws)
    smallest, coarsest = min(one.sigma for one in draws), min(one.scale for one in draws)
    return Draws(smallest, coarsest, sum(one.count for one in draws), alike)
