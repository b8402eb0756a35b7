"""Hides further cells until every primary cell has a witness of its interval."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from os import cpu_count
from time import monotonic
from typing import Literal

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.batch import enter, guard_batch, guards_of, make_book, protect_batch, widened
from publisher.suppression.clean import drop_batch, make_index
from publisher.suppression.exact import Proposal
from publisher.suppression.feasible import refusal, refuse_infeasible
from publisher.suppression.improve import improve
from publisher.suppression.independent import Part, SharedProgress, independent
from publisher.suppression.layers import Layers, find_layers, one_plane
from publisher.suppression.merge import Merged, apart, expanded, hidden_originals, merged
from publisher.suppression.network import Ranking, arranged, find_network
from publisher.suppression.program import NOWHERE, Direction, Programs
from publisher.suppression.reroute import reroute_batch
from publisher.suppression.scratch import UNIT, UNLIMITED, Cells, make_scratch
from publisher.suppression.split import make_split
from publisher.suppression.system import LARGEST_COST, AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses, insider_level, together, unproven

Effort = Literal["fast", "thorough", "exact"]
_Batch = Callable[..., tuple[int, int]]
CHUNK = 500  # primaries between two calls of progress
REARRANGE = 0.02  # the share of cells hidden anew after which the lists of arcs are sorted again
SURCHARGE = 4  # the search counts a cell as dearer than it is by this part of a mean cell, so that it hides fewer
CLEAN_CHUNK = 100  # secondaries between two calls of progress, or looks at the clock
FREE_STEPS = 300_000  # how many steps of searches the clean-up of a fast pattern may take, and for each primary
STEPS_EACH = 10
FEW_INSIDERS = 4  # up to so many are taken one by one: going round all at once may hide more


@dataclass(frozen=True)
class Pattern:
    """Which cells are hidden, and why that is enough.

    suppressed     bool[n]
    witnesses      a direction or two for every primary cell, checked
    cost           of all hidden cells that are not primary (ties counted once)
    lower_bound    no pattern costs less; None where not computed
    by_program     how many linear programs were needed
    """

    suppressed: Mask = field(repr=False)
    witnesses: Witnesses
    cost: int
    lower_bound: int | None
    by_program: int

    @property
    def gap(self) -> float | None:
        """How far the cost may lie above the least possible, as a share of it."""
        if self.lower_bound is None:
            return None
        return (self.cost - self.lower_bound) / max(1, self.lower_bound)


def suppress(
    system: AdditiveSystem,
    *,
    effort: Effort = "fast",
    time_limit_s: float | None = None,
    insiders: bool = True,
    progress: Progress = NO_PROGRESS,
) -> Pattern:
    """A pattern that protects every primary cell of `system`.

    Primaries are taken by falling level, ties by number: the same system gives the same pattern. "fast" tries for a
    bounded number of steps to show secondaries again, dearest first, or to hide cheaper ones for them; "thorough"
    until neither is possible for any single one, and then re-optimises blocks; "exact" searches until the pattern is
    proven to be the least costly. Where `time_limit_s` is over, both return the best found (then, and only then, it
    depends on the machine).
    Raises ProtectionError naming the cells that cannot be protected.
    """
    refuse_infeasible(system, insiders=insiders)
    deadline = inf if time_limit_s is None else monotonic() + time_limit_s
    parts = independent(system)
    if len(parts) == 1:
        return _suppressed(system, effort, insiders, deadline, progress)
    shared = SharedProgress(progress, len(parts))

    def search(number: int) -> Pattern:
        found = _suppressed(parts[number].system, effort, insiders, deadline, shared.of(number))
        shared.finish(number)
        return found

    with ThreadPoolExecutor(min(len(parts), cpu_count() or 1)) as threads:
        try:
            return _put_together(system, parts, list(threads.map(search, range(len(parts)))))
        except BaseException:
            shared.stopped = True
            raise


def _put_together(system: AdditiveSystem, parts: Sequence[Part], found: Sequence[Pattern]) -> Pattern:
    suppressed = np.zeros(system.cells, dtype=np.bool_)
    for part, pattern in zip(parts, found, strict=True):
        suppressed[part.cells] = pattern.suppressed
    bounds = [pattern.lower_bound for pattern in found if pattern.lower_bound is not None]
    return Pattern(
        suppressed,
        together([part.widened(pattern.witnesses) for part, pattern in zip(parts, found, strict=True)]),
        sum(pattern.cost for pattern in found),
        sum(bounds) if len(bounds) == len(found) else None,
        sum(pattern.by_program for pattern in found),
    )


def _suppressed(
    system: AdditiveSystem, effort: Effort, insiders: bool, deadline: float, progress: Progress
) -> Pattern:
    found = _pattern(system, "fast", insiders, progress, guided=True)
    if effort == "fast":
        return found
    better = _pattern(system, effort, insiders, progress, guided=False, deadline=deadline)
    if better.cost <= found.cost:
        return better
    return _pattern(system, effort, insiders, progress, guided=True, deadline=deadline)


def _pattern(
    system: AdditiveSystem,
    effort: Effort,
    insiders: bool,
    progress: Progress,
    *,
    guided: bool,
    deadline: float = inf,
) -> Pattern:
    """One search. `guided`: by costs with a surcharge."""
    small, state = _begun(system, insiders, guided)
    state.protect_by_cycles(progress)
    by_program = state.protect_by_programs(progress)
    if insiders:
        by_program += state.guard(progress)
    if effort == "fast":
        steps = FREE_STEPS + STEPS_EACH * len(small.system.primaries)
        state.clean_up(progress, steps=steps)
        if state.go_round(progress, steps=steps // 2):
            state.clean_up(progress, steps=steps // 2)
    else:
        state.clean_up_thoroughly(progress, deadline)
    found, bound = Proposal(state.suppressed(), state.witnesses()), None
    if effort != "fast":
        found, bound = improve(
            small.system,
            found,
            partial(_quickly, insiders=insiders),
            exact=effort == "exact",
            insiders=insiders,
            deadline=deadline,
            progress=progress,
        )
    suppressed, witnesses = hidden_originals(small, found.suppressed), expanded(small, system, found.witnesses)
    _refuse_unproven(system, unproven(system, suppressed, witnesses, insiders=insiders))
    return Pattern(suppressed, witnesses, cost_of(system, suppressed), bound, by_program)


def _quickly(system: AdditiveSystem, insiders: bool) -> Proposal:
    """A pattern for which the search went by costs alone."""
    found = _pattern(system, "fast", insiders, NO_PROGRESS, guided=False)
    return Proposal(found.suppressed, found.witnesses)


def cost_of(system: AdditiveSystem, suppressed: Mask) -> int:
    """What hiding costs: the dearest cell of each tie without a primary cell."""
    paid = suppressed & np.isin(system.status, (Status.CANDIDATE, Status.ZERO))
    unsafe = np.zeros(system.cells, dtype=np.bool_)
    unsafe[system.tie[~np.isin(system.status, (Status.CANDIDATE, Status.ZERO))]] = True
    paid &= ~unsafe[system.tie]
    dearest = np.zeros(system.cells, dtype=np.int64)
    np.maximum.at(dearest, system.tie[paid], system.costs[paid])
    return sum(dearest[dearest > 0].tolist())


def _begun(system: AdditiveSystem, insiders: bool, guided: bool) -> tuple[Merged, "_State"]:
    """The merged system, or the original where more of the first primaries find a cycle in it.

    Merging makes a flat table smaller, but in a table of two trees equal cells stand in more equations than an arc
    can, and in a table of layers they join planes.
    """
    layers = find_layers(system)
    if len(layers.layer):
        return apart(system), _State(_guided(apart(system), guided), insiders, layers)
    small, whole = merged(system), apart(system)
    state = _State(_guided(small, guided), insiders, one_plane(small.system), small.ranked)
    failed = state.try_some()
    if failed and small.system.cells < system.cells:
        other = _State(_guided(whole, guided), insiders, layers)
        if other.try_some() < failed:
            return whole, other
    return small, state


def _guided(small: Merged, guided: bool) -> AdditiveSystem:
    """The system with the costs that the search goes by: where `guided`, each original cell a surcharge dearer.

    A greedy search that goes by costs alone takes many cheap cells where one more would do.
    """
    system = small.system
    if not guided:
        return system
    candidates = system.costs[system.status == Status.CANDIDATE]
    surcharge = int(candidates.sum(dtype=np.float64)) // (SURCHARGE * max(1, len(candidates)))
    members = np.bincount(small.group, minlength=system.cells)
    return replace(system, costs=np.minimum(system.costs + surcharge * members, LARGEST_COST))


class _State:
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
        _refuse_unproven(self.system, np.array(hopeless, dtype=np.int64))
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
        _refuse_unproven(self.system, np.array(hopeless, dtype=np.int64))
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
        return self._shorten(drop_batch, "clean up", progress, steps=steps, deadline=deadline)

    def go_round(self, progress: Progress, *, steps: int, deadline: float = inf) -> int:
        """Shows again secondaries that others, hidden in their place, undercut; returns how many.

        Ends as clean_up() does.
        """
        return self._shorten(reroute_batch, "go round dear cells", progress, steps=steps, deadline=deadline)

    def _shorten(self, batch: _Batch, stage: str, progress: Progress, *, steps: int, deadline: float) -> int:
        shown, begin = 0, 0
        candidates = _secondaries(self.system, self.cells.hidden)
        index = make_index(self.book, self.system.tie)
        last = self.scratch.stamp[6] = self.scratch.stamp[5] + steps
        while begin < len(candidates) and self.scratch.stamp[5] < last and monotonic() < deadline:
            stop = min(begin + CLEAN_CHUNK, len(candidates))
            reached, dropped = batch(
                candidates,
                begin,
                stop,
                self.levels,
                self.insiders,
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


def _refuse_unproven(system: AdditiveSystem, cells: Integers) -> None:
    if len(cells):
        raise refusal(system, cells)
