"""A pattern in the making: protects cells and guards them, then shows again what is not needed."""

from math import inf
from time import monotonic

import numpy as np

from publisher.model.progress import Progress
from publisher.suppression.batch import enter, guard_batch, guards_of, make_book, protect_batch, widened
from publisher.suppression.clean import drop_batch, make_index
from publisher.suppression.feasible import refusal
from publisher.suppression.layers import Layers
from publisher.suppression.network import Ranking, arranged, find_network
from publisher.suppression.program import NOWHERE, Direction, Programs
from publisher.suppression.scratch import UNIT, UNLIMITED, Cells, make_scratch
from publisher.suppression.split import make_split
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses, insider_level

CHUNK = 500  # primaries between two calls of progress
REARRANGE = 0.02  # the share of cells hidden anew after which the lists of arcs are sorted again
CLEAN_CHUNK = 100  # secondaries between two calls of progress, or looks at the clock
FEW_INSIDERS = 4  # up to so many are taken one by one: going round all at once may hide more


class State:
    """A pattern in the making: what is hidden so far, and the book of witnesses."""

    def __init__(self, system: AdditiveSystem, insiders: bool, layers: Layers, ranked: Ranking | None = None) -> None:
        self.system = system
        self.insiders = insiders
        self.network = find_network(system, layers, ranked)
        self.cells = all_cells(system)
        self.scratch = make_scratch(self.network, system.equations, int(self.cells.owner.max(initial=0)))
        self.split = make_split(system.cells)
        self.book = make_book(system.cells, len(system.primaries))
        self.levels = (system.upper_level, system.lower_level, insider_level(system))
        self.order = _order(system)
        self.arranged_at = len(system.primaries)

    def arrange(self) -> None:
        """Sorts what was hidden lately among the hidden arcs of the network."""
        hidden = self.cells.hidden[self.system.tie]
        count = int(hidden.sum())
        if count > self.arranged_at * (1 + REARRANGE):
            self.network = arranged(self.network, hidden, self.cells.down, self.system.costs)
            self.arranged_at = count

    def try_some(self) -> float:
        """Protects the first primaries; returns the share that no cycle protects."""
        some = min(CHUNK, len(self.order))
        protect_batch(self.order, 0, some, self.levels, self.network, self.cells, self.scratch, self.split, self.book)
        return float(np.mean(self.book.failed[self.order[:some]])) if some else 0.0

    def protect_by_cycles(self, progress: Progress) -> None:
        """A cycle for every primary that has one, hiding what it needs."""
        begin = 0
        while begin < len(self.order):
            stop = min(begin + CHUNK, len(self.order))
            begin = protect_batch(
                self.order, begin, stop, self.levels, self.network, self.cells, self.scratch, self.split, self.book
            )
            if begin < stop:
                self.book = widened(self.book)
            self.arrange()
            progress("protect cells", begin, len(self.order))

    def protect_by_programs(self, progress: Progress) -> int:
        """Linear programs for the rest; returns for how many. Raises ProtectionError where even those fail."""
        left = self.order[self.book.first[self.order] < 0]
        programs = Programs(self.system) if len(left) else None
        hopeless = []
        for done, cell in enumerate(left.tolist()):
            if programs is not None and not self._protect_by_program(programs, cell):
                hopeless.append(cell)
            progress("solve linear programs", done + 1, len(left))
        refuse_unproven(self.system, np.array(hopeless, dtype=np.int64))
        return len(left)

    def _protect_by_program(self, programs: Programs, cell: int) -> bool:
        found = []
        for level, sign in ((self.levels[0], 1), (self.levels[1], -1)):
            direction = self._moved(programs, cell, int(level[cell]), sign, self.cells.usable)
            if direction is None:
                return False
            found.append(direction)
        self.book = enter(self.book, cell, *_joined(*found))
        return True

    def _moved(self, programs: Programs, cell: int, need: int, sign: int, allowed: Mask) -> Direction | None:
        """A direction that moves a cell by so much; what it moves is hidden."""
        hidden = self.cells.hidden[self.system.tie]
        direction = programs.direction(cell, need, sign, hidden, allowed)
        if direction is not None:
            self.cells.hidden[self.system.tie[direction.cell]] = True
        return direction

    def guard(self, progress: Progress) -> int:
        """Guards every primary; returns how many needed linear programs.

        Raises ProtectionError where even those fail.
        """
        begin = 0
        while begin < len(self.order):
            stop = min(begin + CHUNK, len(self.order))
            begin = guard_batch(
                self.order, begin, stop, self.levels, self.network, self.cells, self.scratch, self.book
            )
            if begin < stop:
                self.book = widened(self.book)
            self.arrange()
            progress("guard from insiders", begin, len(self.order))
        exposed = self.order[self.book.exposed[self.order]]
        programs = Programs(self.system) if len(exposed) else None
        hopeless = []
        for done, cell in enumerate(exposed.tolist()):
            if programs is not None and not self._guard_by_program(programs, cell):
                hopeless.append(cell)
            progress("guard by linear programs", done + 1, len(exposed))
        refuse_unproven(self.system, np.array(hopeless, dtype=np.int64))
        return len(exposed)

    def _guard_by_program(self, programs: Programs, cell: int) -> bool:
        """Directions without those insiders who know a cell of every witness: without all, else one after another."""
        while known := set.intersection(
            *map(self._owners_of, (int(self.book.first[cell]), *guards_of(self.book, cell)))
        ) - {int(self.cells.owner[cell])}:
            direction = self._moved_without(programs, cell, known) if len(known) > FEW_INSIDERS else None
            direction = direction or self._moved_without(programs, cell, {min(known)})
            if direction is None:
                return False
            self.book = enter(self.book, cell, *_joined(direction, NOWHERE), guard=True)
        return True

    def _moved_without(self, programs: Programs, cell: int, insiders: set[int]) -> Direction | None:
        """A direction, up or down, that moves a cell far enough for a guard and none that these insiders know."""
        allowed = self.cells.usable & ~np.isin(self.cells.owner, list(insiders))
        for sign in (1, -1):
            direction = self._moved(programs, cell, int(self.levels[2][cell]), sign, allowed)
            if direction is not None:
                return direction
        return None

    def _owners_of(self, witness: int) -> set[int]:
        """The single contributors of cells that a witness moves."""
        book = self.book
        owners = self.cells.owner[book.cell[book.start[witness] : book.start[witness + 1]]]
        return set(owners[owners > 0].tolist())

    def clean_up(self, progress: Progress, *, steps: int, deadline: float = inf) -> int:
        """Shows again every secondary that no primary needs any more, dearest first; returns how many.

        Ends early after so many steps of searches, or at the deadline of the monotonic clock.
        """
        return self._shorten("clean up", progress, hidden_only=True, steps=steps, deadline=deadline)

    def go_round(self, progress: Progress, *, steps: int, deadline: float = inf) -> int:
        """Shows again secondaries that others, hidden in their place, undercut; returns how many.

        Ends as clean_up() does.
        """
        return self._shorten("go round dear cells", progress, hidden_only=False, steps=steps, deadline=deadline)

    def _shorten(self, stage: str, progress: Progress, *, hidden_only: bool, steps: int, deadline: float) -> int:
        shown, begin = 0, 0
        candidates = _secondaries(self.system, self.cells.hidden)
        index = make_index(self.book, self.system.tie)
        last = self.scratch.stamp[6] = self.scratch.stamp[5] + steps
        while begin < len(candidates) and self.scratch.stamp[5] < last and monotonic() < deadline:
            stop = min(begin + CLEAN_CHUNK, len(candidates))
            reached, dropped = drop_batch(
                candidates,
                begin,
                stop,
                self.levels,
                self.insiders,
                hidden_only,
                self.network,
                self.cells,
                self.scratch,
                self.split,
                self.book,
                index,
            )
            if reached < stop:
                self.book = widened(self.book)
                index = make_index(self.book, self.system.tie)
            begin, shown = reached, shown + dropped
            progress(stage, begin, len(candidates))
        return shown

    def clean_up_thoroughly(self, progress: Progress, deadline: float) -> None:
        """Repeats until no single secondary can be shown again or undercut, or the time is over."""
        most = UNLIMITED // 2
        while self.clean_up(progress, steps=most, deadline=deadline) or self.go_round(
            progress, steps=most, deadline=deadline
        ):
            pass

    def suppressed(self) -> Mask:
        return np.asarray(self.cells.hidden[self.system.tie] & (self.system.status != Status.ZERO), dtype=np.bool_)

    def witnesses(self) -> Witnesses:
        """The witnesses that stand for a primary; the others are left out."""
        book, primaries = self.book, self.system.primaries
        guards = [(cell, witness) for cell in primaries.tolist() for witness in guards_of(book, cell)]
        guarded, guard = np.array(guards, dtype=np.int64).reshape(-1, 2).T
        chosen = np.concatenate([book.first[primaries], guard])
        kept = np.unique(chosen[chosen >= 0])
        lengths = book.start[kept + 1] - book.start[kept]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        entries = np.arange(start[-1]) + np.repeat(book.start[kept] - start[:-1], lengths)
        done = primaries[book.first[primaries] >= 0]
        return Witnesses(
            start=start,
            cell=book.cell[entries],
            up=book.up[entries],
            down=book.down[entries],
            scale=book.scale[kept],
            primary=done,
            first=np.searchsorted(kept, book.first[done]).astype(np.int64),
            guarded=guarded,
            guard=np.searchsorted(kept, guard).astype(np.int64),
        )


def all_cells(system: AdditiveSystem) -> Cells:
    hidden = np.zeros(system.cells, dtype=np.bool_)
    hidden[system.tie[np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED))]] = True
    fixed = np.zeros(system.cells, dtype=np.bool_)
    fixed[system.tie[system.status == Status.FROZEN_PUBLISHED]] = True
    return Cells(
        down=system.values - system.lower_bound,
        up=system.upper_bound - system.values,
        weight=system.costs * UNIT,
        tie=system.tie,
        owner=np.unique(np.append(system.owner, 0), return_inverse=True)[1][:-1].astype(np.int64),
        usable=~fixed[system.tie] & (system.status != Status.ZERO),
        hidden=hidden,
    )


def _order(system: AdditiveSystem) -> Integers:
    """Leading cells of ties first (values before masses), each by falling upper level, then by number.

    What can carry much is scarce, and what carries much carries little.
    """
    primaries = system.primaries
    leading = np.full(system.cells, system.cells, dtype=np.int64)
    np.minimum.at(leading, system.tie, np.arange(system.cells))
    follows = leading[system.tie[primaries]] != primaries
    return primaries[np.lexsort((primaries, -system.upper_level[primaries], follows))]


def _secondaries(system: AdditiveSystem, hidden: Mask) -> Integers:
    """The ties that are hidden without need of their own, dearest first."""
    own = np.zeros(system.cells, dtype=np.bool_)
    own[system.tie[np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED))]] = True
    cost = np.zeros(system.cells, dtype=np.int64)
    np.maximum.at(cost, system.tie, system.costs)
    ties = np.flatnonzero(hidden & ~own).astype(np.int64)
    return ties[np.lexsort((ties, -cost[ties]))]


def _joined(up: Direction, down: Direction) -> tuple[Integers, Integers, Integers, int]:
    """Two directions over the same cells and one scale."""
    moved = np.union1d(up.cell, down.cell)
    scale = int(np.lcm(up.scale, down.scale))
    columns = []
    for direction in (up, down):
        column = np.zeros(len(moved), dtype=np.int64)
        column[np.searchsorted(moved, direction.cell)] = direction.amount * (scale // direction.scale)
        columns.append(column)
    return moved, columns[0], columns[1], scale


def refuse_unproven(system: AdditiveSystem, cells: Integers) -> None:
    if len(cells):
        raise refusal(system, cells)
