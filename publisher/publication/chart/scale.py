"""From numbers to places, by whole numbers and fractions: the same on every machine."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from publisher.publication.chart.point import Number, Point, extent

TICKS = 5


@dataclass(frozen=True)
class Scale:
    """`low` < `high`. `ticks` are multiples of 1, 2 or 5 times a power of ten; none where nothing is drawn."""

    low: Fraction
    high: Fraction
    ticks: tuple[Fraction, ...]

    def part(self, value: Number) -> Fraction:
        """0 at `low`, 1 at `high`."""
        return (Fraction(value) - self.low) / (self.high - self.low)

    def from_top(self, value: Number, height: int) -> Fraction:
        """0 at `high`, `height` at `low`. Whole numbers, as most are, are reckoned with as such: that is faster."""
        span, high = self._span, self.high
        if isinstance(value, int):
            above = high.numerator - value * high.denominator
            return Fraction(above * height * span.denominator, high.denominator * span.numerator)
        return (high - value) * height / span

    @cached_property
    def _span(self) -> Fraction:
        return self.high - self.low


def scale(points: Iterable[Point], *, from_zero: bool = True, most: int = TICKS) -> Scale:
    """Holds every number that is drawn, and zero if asked; between its ends at most `most` + 1 steps."""
    ends = extent(points)
    if ends is None:
        return Scale(Fraction(0), Fraction(1), ())
    least, greatest = Fraction(ends[0]), Fraction(ends[1])
    if from_zero or least == greatest:
        least, greatest = min(least, Fraction(0)), max(greatest, Fraction(0))
    if least == greatest:
        return Scale(Fraction(0), Fraction(1), (Fraction(0),))
    step = nice_step(greatest - least, most)
    first, last = least // step, -(-greatest // step)
    return Scale(first * step, last * step, tuple(number * step for number in range(first, last + 1)))


def nice_step(span: Fraction, most: int) -> Fraction:
    """The smallest of ..., 1/10, 1/5, 1/2, 1, 2, 5, 10, ... that fits into `span` at most `most` times."""
    if span <= 0:
        raise ValueError("a scale needs a span above zero")
    power = Fraction(1)
    while span > most * power:
        power *= 10
    while span <= most * power / 10:
        power /= 10
    return next(step for step in (power / 5, power / 2, power) if span <= most * step)


def percent(part: Fraction) -> str:
    """ "33.3%": a part of a chart's width. Places off the chart are its ends."""
    tenths = round(min(max(part, Fraction(0)), Fraction(1)) * 1000)
    return f"{tenths // 10}.{tenths % 10}%" if tenths % 10 else f"{tenths // 10}%"
