"""The rows of a table in which only one dimension varies: what headlines and charts are made of."""

from dataclasses import dataclass

import numpy as np

from publisher.model.codelist import Hierarchy
from publisher.model.structure import Dimension, Measure
from publisher.publication.tables.published import Published

READABLE_CODES = 300  # a level with more codes is no headline: chapters and countries, not subheadings


@dataclass(frozen=True)
class Margin:
    """The cells along one dimension at one level, the other dimensions at their total, largest shown first.

    `shown`: (node, value, lower, upper); bounds are None where the value is exact. `ceilings`: one a cell that is not
    shown, the largest number that it may hold, None where nothing is known. `unshown`: their nodes, in order of code.
    """

    dimension: Dimension
    level: str
    measure: Measure
    shown: tuple[tuple[int, int, int | None, int | None], ...]
    ceilings: tuple[int | None, ...]
    unshown: tuple[int, ...]

    @property
    def hidden(self) -> int:
        """How many cells are not shown."""
        return len(self.ceilings)

    def hidden_may_exceed(self, value: int) -> bool:
        return any(ceiling is None or ceiling > value for ceiling in self.ceilings)


def grand_total_cell(published: Published, measure: Measure) -> tuple[int, int | None, int | None] | None:
    """(value, lower, upper) of the one cell that is total in every dimension; None where hidden or not there."""
    rows = np.flatnonzero(_all_total(published, except_for=None))
    if len(rows) != 1:
        return None
    total = published.part(rows)
    value, lower, upper = (total.numbers(f"{measure.id}{end}")[0] for end in ("", "_lower", "_upper"))
    return None if value is None else (value, lower, upper)


def margin(published: Published, dimension: Dimension, measure: Measure) -> Margin | None:
    """None where the table has no such rows: another dimension without a total, or a single readable code."""
    level = readable_level(dimension.hierarchy)
    if level is None or any(_root(d.hierarchy) is None for d in published.structure.dimensions if d != dimension):
        return None
    at_level = np.asarray(dimension.hierarchy.level_of)[published.nodes(dimension)]
    wanted = _all_total(published, except_for=dimension) & (at_level == dimension.hierarchy.levels.index(level))
    rows = published.part(np.flatnonzero(wanted))
    columns = (rows.numbers(name) for name in (measure.id, f"{measure.id}_lower", f"{measure.id}_upper"))
    return _ranked(dimension, level, measure, list(zip(rows.nodes(dimension).tolist(), *columns, strict=True)))


def _ranked(
    dimension: Dimension, level: str, measure: Measure, rows: list[tuple[int, int | None, int | None, int | None]]
) -> Margin | None:
    shown = [(node, value, lower, upper) for node, value, lower, upper in rows if value is not None]
    if not shown:
        return None
    ceilings = tuple(upper for _, value, _, upper in rows if value is None)
    unshown = tuple(sorted(node for node, value, _, _ in rows if value is None))
    shown.sort(key=lambda cell: (-cell[1], cell[0]))
    return Margin(dimension, level, measure, tuple(shown), ceilings, unshown)


def readable_level(hierarchy: Hierarchy) -> str | None:
    """The finest level with between 2 and READABLE_CODES codes."""
    sizes = np.bincount(np.asarray(hierarchy.level_of), minlength=len(hierarchy.levels))
    fitting = [index for index, size in enumerate(sizes) if 1 < size <= READABLE_CODES]
    return hierarchy.levels[fitting[-1]] if fitting else None


def _root(hierarchy: Hierarchy) -> int | None:
    return 0 if hierarchy.level_of.count(0) == 1 else None


def _all_total(published: Published, except_for: Dimension | None) -> np.ndarray:
    wanted = np.ones(published.rows, dtype=bool)
    for dimension in published.structure.dimensions:
        if dimension != except_for:
            wanted &= published.nodes(dimension) == (-1 if _root(dimension.hierarchy) is None else 0)
    return wanted
