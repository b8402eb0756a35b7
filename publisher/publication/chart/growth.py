"""Growth between two cells, told only where both can bear it."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from publisher.publication.chart.point import Point

Steps = Literal[-2, -1, 0, 1, 2]
LITTLE, MUCH = 5, 25  # percent; fixed, so that no cell's colour depends on another cell
GrowthKind = Literal["shown", "noise", "hidden", "undefined", "absent"]


@dataclass(frozen=True)
class Growth:
    """`percent` is set where `kind` is shown. noise: the two intervals allow growth and decline alike. undefined: no
    growth from zero or less. Raises ValueError where kind and percent do not fit."""

    kind: GrowthKind
    percent: Fraction | None = None

    def __post_init__(self) -> None:
        if (self.kind == "shown") != (self.percent is not None):
            raise ValueError(f"a growth that is {self.kind} has a percent if and only if it is shown")

    @property
    def steps(self) -> Steps:
        """-2 to 2: below -25 %, to -5 %, about even, above 5 %, above 25 %."""
        percent = self.percent or Fraction(0)
        size = 2 if abs(percent) > MUCH else 1 if abs(percent) > LITTLE else 0
        return -size if percent < 0 else size  # type: ignore[return-value]


def growth(before: Point, after: Point) -> Growth:
    """Of two cells, in percent of the first. Nothing is told of a hidden one, not even that it came or went."""
    kinds = {before.kind, after.kind}
    if "hidden" in kinds:
        return Growth("hidden")
    if before.value is None or after.value is None:
        return Growth("absent")
    if before.value <= 0 or after.value < 0 or (before.lower is not None and before.lower <= 0):
        return Growth("undefined")
    if "noisy" in kinds and _overlap(before, after):
        return Growth("noise")
    return Growth("shown", Fraction(100 * (after.value - before.value), before.value))


def _overlap(one: Point, other: Point) -> bool:
    (low, high), (least, greatest) = _ends(one), _ends(other)
    return low <= greatest and least <= high


def _ends(point: Point) -> tuple[Fraction, Fraction]:
    value = point.value or 0
    return Fraction(value if point.lower is None else point.lower), Fraction(
        value if point.upper is None else point.upper
    )
