"""What the published cells already say about each hidden one. Works from published numbers alone."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.rules import PrintedRanges
from publisher.suppression.contract import Part, contracted
from publisher.suppression.polytope import Polytope, narrowed, published_polytope
from publisher.suppression.sweep import Ends, sweep
from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Mask

STAGE = "Imply intervals"
EXACT_UP_TO = 20_000  # hidden cells that hang together: so many are solved exactly unless a query says otherwise
LIMITS: Mapping[PrintedRanges, int] = {"quick": 0, "auto": EXACT_UP_TO, "exact": UNBOUNDED}
WORK = 8.0e7  # what is spent on one such part at most, in units of sweep.sweep: half a minute to a minute


@dataclass(frozen=True)
class Intervals:
    """Per cell, given what is published: no possible value lies outside lower .. upper (UNBOUNDED: no upper end).

    exact   bool[n]  both ends are those of the set of all tables that agree with what is published, rounded
                     outwards to whole units. Elsewhere they may be wider than that, never narrower.
    """

    lower: Integers = field(repr=False)
    upper: Integers = field(repr=False)
    exact: Mask = field(repr=False)


def limits(cells: int, asked: Iterable[tuple[Integers, PrintedRanges]], hidden: int) -> Integers:
    """What implied_intervals takes as exact_up_to, int64[cells], of what is asked for some cells each.

    "auto" asks for nothing where more than EXACT_UP_TO cells are `hidden` in all: a release must not wait for it.
    """
    limit = np.zeros(cells, dtype=np.int64)
    for variables, choice in asked:
        most = 0 if choice == "auto" and hidden > EXACT_UP_TO else LIMITS[choice]
        limit[variables] = np.maximum(limit[variables], most)
    return limit


def implied_intervals(
    system: AdditiveSystem,
    suppressed: Mask,
    *,
    exact_up_to: Integers | int = EXACT_UP_TO,
    progress: Progress = NO_PROGRESS,
) -> Intervals:
    """Bounds of every cell from the published ones, the equations and the bounds known beforehand.

    Bounds are passed along the equations first. Parts of at most `exact_up_to` hidden cells that hang together
    (one number, or one per cell: the largest of a part's counts) are then solved: 0 solves none, more than
    EXACT_UP_TO solves them without a limit of work. Hidden values are set to zero before anything is computed.
    """
    polytope = narrowed(published_polytope(system, suppressed))
    found = _as_narrowed(polytope)
    limit = np.broadcast_to(np.asarray(exact_up_to, dtype=np.int64), suppressed.shape)[suppressed]
    for part, ends in _solved(polytope, limit, progress):
        _put_back(found, part, ends)
    return _intervals(system, suppressed, found)


def _as_narrowed(polytope: Polytope) -> Ends:
    """Nothing is known to be attained, except where only one value is left."""
    known = polytope.low == polytope.high
    least, most = np.where(known, polytope.low, UNBOUNDED), np.where(known, polytope.low, -UNBOUNDED)
    return Ends(polytope.low.copy(), polytope.high.copy(), least, most)


def _solved(polytope: Polytope, limit: Integers, progress: Progress) -> Iterator[tuple[Part, Ends]]:
    """The parts within their limit, each with its ends. `limit` int64, one a hidden cell."""
    label = _components(polytope)
    size, most = np.bincount(label), np.zeros(label.max(initial=0) + 1, dtype=np.int64)
    np.maximum.at(most, label, limit)
    wanted = (size <= most)[label] & (polytope.low < polytope.high)
    parts = list(contracted(polytope, wanted)) if wanted.any() else []
    total, done = sum(2 * part.polytope.unknowns for part in parts), 0
    for part in parts:
        work = np.inf if most[label[part.cell[0]]] > EXACT_UP_TO else WORK
        yield part, sweep(part.polytope, work, _teller(progress, done, total))
        done += 2 * part.polytope.unknowns
    progress(STAGE, total, total)


def _teller(progress: Progress, before: int, total: int) -> Callable[[int], None]:
    """Tells how many ends are settled, those of earlier parts included."""
    return lambda settled: progress(STAGE, before + settled, total)


def _components(polytope: Polytope) -> npt.NDArray[np.int32]:
    """int32[n]: the same number for unknowns that hang together by rows. Known ones join nothing."""
    free = (polytope.low < polytope.high)[polytope.column]
    row, column = polytope.row_of_entry[free], polytope.column[free] + polytope.rows
    nodes = polytope.rows + polytope.unknowns
    links = sparse.csr_matrix((np.ones(len(row), dtype=np.int8), (row, column)), shape=(nodes, nodes))
    _, label = connected_components(links, directed=False)
    return np.asarray(label[polytope.rows :], dtype=np.int32)


def _put_back(found: Ends, part: Part, ends: Ends) -> None:
    """From ends of groups to ends of their cells, turned where a cell falls as its group rises."""
    cell, group, shift, same = part.cell, part.group, part.shift, part.turn > 0
    for lower, upper in (("low", "high"), ("least", "most")):
        bottom, top = getattr(ends, lower)[group], getattr(ends, upper)[group]
        getattr(found, lower)[cell] = _shifted(np.where(same, bottom, -top), shift)
        getattr(found, upper)[cell] = _shifted(np.where(same, top, -bottom), shift)


def _shifted(bound: Integers, shift: Integers) -> Integers:
    return np.where(np.abs(bound) >= UNBOUNDED, bound, bound + shift)


def _intervals(system: AdditiveSystem, suppressed: Mask, found: Ends) -> Intervals:
    lower, upper = system.values.copy(), system.values.copy()
    lower[suppressed], upper[suppressed] = found.low, found.high
    exact = np.ones(system.cells, dtype=np.bool_)
    exact[suppressed] = found.low_settled & found.high_settled
    return Intervals(lower, upper, exact)
