"""What a chart may be told of a cell: a figure, a figure with its interval, or that there is none to draw."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from publisher.errors import LeakError
from publisher.model.status import ObsStatus

Number = int | Fraction
Kind = Literal["shown", "noisy", "hidden", "absent"]
_HIDDEN = (ObsStatus.SUPPRESSED.value, ObsStatus.LOW_RELIABILITY.value)


@dataclass(frozen=True)
class Point:
    """One cell. shown: value. noisy: value between the ends of its published interval. hidden, absent: nothing.

    A hidden cell's published range has no place here, so that no scale, order or length can come from it.

    Raises LeakError where a hidden or absent cell brings a number, ValueError where a drawn one lacks its own.
    """

    kind: Kind
    value: Number | None = None
    lower: Number | None = None
    upper: Number | None = None

    def __post_init__(self) -> None:
        numbers = (self.value, self.lower, self.upper)
        if self.kind in ("hidden", "absent"):
            if numbers != (None, None, None):
                raise LeakError("A cell that is not shown came to a chart with a number.", place="chart")
        elif self.value is None or (self.kind == "noisy") != (self.lower is not None and self.upper is not None):
            raise ValueError(f"a {self.kind} point lacks its number, or has an interval that is not its own")

    @property
    def drawn(self) -> bool:
        return self.value is not None


HIDDEN, ABSENT = Point("hidden"), Point("absent")


def shown(value: Number) -> Point:
    return Point("shown", value)


def noisy(value: Number, lower: Number, upper: Number) -> Point:
    """The interval is widened to its own figure: post-processing may set a figure beside its interval."""
    return Point("noisy", value, min(value, lower), max(value, upper))


def point(status: str, value: int | None, lower: int | None, upper: int | None, decimals: int = 0) -> Point:
    """A published cell's columns as a point, in whole units. The range of a hidden cell is dropped here."""
    if status in _HIDDEN:
        return Point("hidden", value)
    if value is None:
        raise ValueError(f"a cell with status {status} has no number")
    unit = 10**decimals
    if lower is None or upper is None:
        return shown(Fraction(value, unit))
    return noisy(Fraction(value, unit), Fraction(lower, unit), Fraction(upper, unit))


def extent(points: Iterable[Point]) -> tuple[Number, Number] | None:
    """The least and greatest number drawn, ends of intervals among them; None where nothing is drawn."""
    numbers = [n for one in points for n in (one.value, one.lower, one.upper) if n is not None]
    return (min(numbers), max(numbers)) if numbers else None


@dataclass(frozen=True)
class Part:
    """One code with its cell. `amount` is the figure in words, margin and all; for what is not shown, those words."""

    name: str
    code: str
    point: Point
    amount: str


@dataclass(frozen=True)
class Series:
    """One line of a chart: a point for each period."""

    name: str
    points: tuple[Point, ...]
