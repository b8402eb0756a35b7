"""Parts of a system that share no equation, no tie: protected apart, side by side, and put together again.

A direction of the whole is one direction in each part, so a witness of a part is a witness of the whole, no pattern
of the whole costs less than the least ones of its parts together, and a contributor who knows cells of one part
knows nothing by it of another.
"""

from dataclasses import dataclass, replace
from threading import Lock

import numpy as np
from scipy import sparse

from publisher.model.progress import Progress
from publisher.suppression.system import AdditiveSystem, Integers
from publisher.suppression.witness import Witnesses

LARGE = 1000  # cells of a part that is searched alone; what is smaller is searched as one


@dataclass(frozen=True)
class Part:
    """A system of its own, and its cells in the whole, int64[cells]."""

    system: AdditiveSystem
    cells: Integers

    def widened(self, witnesses: Witnesses) -> Witnesses:
        """The same witnesses over the cells of the whole."""
        return replace(
            witnesses,
            cell=self.cells[witnesses.cell],
            primary=self.cells[witnesses.primary],
            guarded=self.cells[witnesses.guarded],
        )


def independent(system: AdditiveSystem) -> list[Part]:
    """The large parts of a system, and one of all the others; never by how many processors there are."""
    number = _numbered(system)
    if number.max(initial=0) == 0:
        return [Part(system, np.arange(system.cells, dtype=np.int64))]
    return [_part(system, number, each) for each in range(int(number.max()) + 1)]


def _numbered(system: AdditiveSystem) -> Integers:
    """int64[n]: the part of each cell, from 0 on."""
    margin = np.repeat(system.indices[system.indptr[:-1]], np.diff(system.indptr))
    rows = np.concatenate([margin, system.tie])
    columns = np.concatenate([system.indices, np.arange(system.cells)])
    graph = sparse.coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(system.cells, system.cells))
    found = sparse.csgraph.connected_components(graph, directed=False)[1]
    large = np.bincount(found)[found] >= LARGE
    return np.asarray(np.unique(np.where(large, found, -1), return_inverse=True)[1], dtype=np.int64)


def _part(system: AdditiveSystem, number: Integers, chosen: int) -> Part:
    inside = number == chosen
    cells = np.flatnonzero(inside).astype(np.int64)
    place = np.cumsum(inside) - 1
    equations = inside[system.indices[system.indptr[:-1]]]
    entries = equations[system.equation_of_entry]
    columns = {
        name: getattr(system, name)[cells]
        for name in ("values", "costs", "upper_level", "lower_level", "lower_bound", "upper_bound", "status", "owner")
    }
    made = replace(
        system,
        indptr=np.concatenate([[0], np.cumsum(np.diff(system.indptr)[equations])]).astype(np.int64),
        indices=place[system.indices[entries]],
        signs=system.signs[entries],
        family=system.family[equations],
        tie=place[system.tie[cells]],
        label=lambda cell: system.label(int(cells[cell])),
        **columns,
    )
    return Part(made, cells)


class Stopped(Exception):  # noqa: N818  not an error of its own: another part failed, or somebody interrupted
    """Ends a search from within its report of progress."""


class SharedProgress:
    """Several searches told as one: of the earliest stage that one of them is in, the sums over all."""

    def __init__(self, progress: Progress, parts: int) -> None:
        self._progress, self._lock = progress, Lock()
        self._stages: list[str] = []
        self._now = [0] * parts  # the stage that each part is in, by its place in _stages
        self._told: dict[str, dict[int, tuple[int, int]]] = {}
        self.stopped = False

    def of(self, part: int) -> Progress:
        """What one of the searches calls."""

        def tell(stage: str, done: int, total: int) -> None:
            with self._lock:
                if self.stopped:
                    raise Stopped
                self._tell(part, stage, done, total)

        return tell

    def finish(self, part: int) -> None:
        """This search tells nothing more."""
        with self._lock:
            self._now[part] = len(self._stages)

    def _tell(self, part: int, stage: str, done: int, total: int) -> None:
        if stage not in self._stages:
            self._stages.append(stage)
        self._now[part] = self._stages.index(stage)
        told = self._told.setdefault(stage, {})
        told[part] = done, total
        if self._now[part] == min(self._now):
            self._progress(stage, sum(one for one, _ in told.values()), sum(all_ for _, all_ in told.values()))
