"""Squarified layout (Bruls, Huizing, van Wijk: Squarified Treemaps, 2000), in fractions: rows of squarish boxes."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Box:
    x: Fraction
    y: Fraction
    width: Fraction
    height: Fraction


def squares(sizes: Sequence[Fraction], width: int, height: int) -> list[Box]:
    """A box for each size, areas in proportion, filling width x height; sizes above zero, largest first.

    Raises ValueError for a size of zero or less.
    """
    if any(size <= 0 for size in sizes):
        raise ValueError("only sizes above zero have an area")
    left = Box(Fraction(0), Fraction(0), Fraction(width), Fraction(height))
    unit, place, boxes = Fraction(width * height) / (sum(sizes) or 1), 0, list[Box]()
    while place < len(sizes):
        row, left = _row([size * unit for size in sizes[place:]], left)
        boxes += row
        place += len(row)
    return boxes


def _row(areas: Sequence[Fraction], left: Box) -> tuple[list[Box], Box]:
    """As many of the areas along the shorter side as make their boxes squarer, and what is left beside them."""
    side, count = min(left.width, left.height), 1
    while count < len(areas) and _worst(areas[: count + 1], side) <= _worst(areas[:count], side):
        count += 1
    deep = sum(areas[:count], Fraction(0)) / side
    boxes, along = [], Fraction(0)
    for area in areas[:count]:
        length = area / deep
        upright = left.height <= left.width
        place = (left.x, left.y + along) if upright else (left.x + along, left.y)
        boxes.append(Box(*place, *((deep, length) if upright else (length, deep))))
        along += length
    if left.height <= left.width:
        return boxes, Box(left.x + deep, left.y, left.width - deep, left.height)
    return boxes, Box(left.x, left.y + deep, left.width, left.height - deep)


def _worst(areas: Sequence[Fraction], side: Fraction) -> Fraction:
    """The largest ratio of sides among boxes laid in a row along `side`."""
    total = sum(areas, Fraction(0)) ** 2
    return max(side**2 * max(areas) / total, total / (side**2 * min(areas)))
