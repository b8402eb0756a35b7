"""Hides further cells until every primary cell has a witness of its interval."""

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.batch import Book, make_book, protect_batch, widened
from publisher.suppression.network import find_network
from publisher.suppression.program import Direction, Programs
from publisher.suppression.search import UNIT, Cells, make_scratch
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses, unproven

Effort = Literal["fast", "thorough", "exact"]
STAGE = "protect cells"
CHUNK = 2000  # primaries between two calls of progress


@dataclass(frozen=True)
class Pattern:
    """Which cells are hidden, and why that is enough.

    suppressed     bool[n]
    witnesses      a direction or two for every primary cell, checked
    cost           of all hidden cells that are not primary (ties counted once)
    lower_bound    no pattern costs less; None where not computed
    by_program     primaries that needed a linear program
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

    Primaries are taken by falling level, ties by number: the same system gives the same pattern.
    Raises ProtectionError naming the cells that cannot be protected.
    """
    network = find_network(system)
    cells = _cells(system)
    scratch = make_scratch(network, system.equations)
    book = make_book(system.cells, len(system.primaries))
    order = _order(system)
    levels = (system.upper_level, system.lower_level)
    begin = 0
    while begin < len(order):
        stop = min(begin + CHUNK, len(order))
        reached = protect_batch(order, begin, stop, levels, insiders, network, cells, scratch, book)
        if reached < stop:
            book = widened(book)
        begin = reached
        progress(STAGE, begin, len(order))
    witnesses = _witnesses(system, book)
    witnesses, failed = _by_programs(system, witnesses, order[book.failed[order]], cells.hidden, insiders)
    suppressed = cells.hidden[system.tie] & (system.status != Status.ZERO)
    _refuse_unproven(system, failed)
    _refuse_unproven(system, unproven(system, suppressed, witnesses, insiders=insiders))
    return Pattern(suppressed, witnesses, cost_of(system, suppressed), None, int(book.failed.sum()))


def cost_of(system: AdditiveSystem, suppressed: Mask) -> int:
    """What hiding costs: the dearest cell of each tie without a primary cell."""
    paid = suppressed & np.isin(system.status, (Status.CANDIDATE, Status.ZERO))
    unsafe = np.zeros(system.cells, dtype=np.bool_)
    unsafe[system.tie[~np.isin(system.status, (Status.CANDIDATE, Status.ZERO))]] = True
    paid &= ~unsafe[system.tie]
    dearest = np.zeros(system.cells, dtype=np.int64)
    np.maximum.at(dearest, system.tie[paid], system.costs[paid])
    return sum(dearest[dearest > 0].tolist())


def _cells(system: AdditiveSystem) -> Cells:
    hidden = np.zeros(system.cells, dtype=np.bool_)
    hidden[system.tie[np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED))]] = True
    fixed = np.zeros(system.cells, dtype=np.bool_)
    fixed[system.tie[system.status == Status.FROZEN_PUBLISHED]] = True
    return Cells(
        down=system.values - system.lower_bound,
        up=system.upper_bound - system.values,
        weight=system.costs * UNIT,
        tie=system.tie,
        owner=system.owner,
        usable=~fixed[system.tie] & (system.status != Status.ZERO),
        hidden=hidden,
    )


def _order(system: AdditiveSystem) -> Integers:
    """Primaries by falling upper level: what can carry much is scarce, and what carries much carries little."""
    primaries = system.primaries
    return primaries[np.lexsort((primaries, -system.upper_level[primaries]))]


def _witnesses(system: AdditiveSystem, book: Book) -> Witnesses:
    count, entries = int(book.counts[0]), int(book.counts[1])
    done = system.primaries[book.first[system.primaries] >= 0]
    return Witnesses(
        start=book.start[: count + 1].copy(),
        cell=book.cell[:entries].copy(),
        up=book.up[:entries].copy(),
        down=book.down[:entries].copy(),
        scale=np.ones(count, dtype=np.int64),
        primary=done,
        first=book.first[done],
        second=book.second[done],
    )


def _by_programs(
    system: AdditiveSystem, witnesses: Witnesses, failed: Integers, hidden: Mask, insiders: bool
) -> tuple[Witnesses, Integers]:
    """Protects what is left by linear programs; marks `hidden` (by tie). Returns what even those cannot protect."""
    if not len(failed):
        return witnesses, failed
    programs = Programs(system)
    usable = _cells(system).usable
    added: list[tuple[int, Direction, Direction]] = []
    hopeless: list[int] = []
    for cell in failed.tolist():
        allowed = usable & _allowed_owners(system, cell, insiders)
        both: list[Direction] = []
        for need, sign in ((int(system.upper_level[cell]), 1), (int(system.lower_level[cell]), -1)):
            found = programs.direction(cell, need, sign, hidden[system.tie], allowed) if need else _nothing()
            if found is not None:
                both.append(found)
                hidden[system.tie[found.cell]] = True
        if len(both) == 2:
            added.append((cell, both[0], both[1]))
        else:
            hopeless.append(cell)
    return _extended(witnesses, added), np.array(hopeless, dtype=np.int64)


def _nothing() -> Direction:
    return Direction(np.zeros(0, np.int64), np.zeros(0, np.int64), 1)


def _allowed_owners(system: AdditiveSystem, cell: int, insiders: bool) -> Mask:
    """bool[n]: the cells no other single contributor knows, where that matters for `cell`."""
    own = int(system.owner[cell])
    if not insiders or own == 0:
        return np.ones(system.cells, dtype=np.bool_)
    return np.isin(system.owner, (0, own))


def _extended(witnesses: Witnesses, added: list[tuple[int, Direction, Direction]]) -> Witnesses:
    """With one witness more for each primary added; its two directions brought to one scale."""
    starts, cells, ups, downs, scales = [witnesses.start], [witnesses.cell], [witnesses.up], [witnesses.down], []
    end = int(witnesses.start[-1])
    for _, up, down in added:
        moved = np.union1d(up.cell, down.cell)
        scale = int(np.lcm(up.scale, down.scale))
        for direction, columns in ((up, ups), (down, downs)):
            column = np.zeros(len(moved), dtype=np.int64)
            column[np.searchsorted(moved, direction.cell)] = direction.amount * (scale // direction.scale)
            columns.append(column)
        end += len(moved)
        cells.append(moved)
        starts.append(np.array([end], dtype=np.int64))
        scales.append(scale)
    primary = np.concatenate([witnesses.primary, np.array([cell for cell, _, _ in added], dtype=np.int64)])
    count = len(witnesses.scale)
    return replace(
        witnesses,
        start=np.concatenate(starts),
        cell=np.concatenate(cells),
        up=np.concatenate(ups),
        down=np.concatenate(downs),
        scale=np.concatenate([witnesses.scale, np.array(scales, dtype=np.int64)]),
        primary=primary,
        first=np.concatenate([witnesses.first, count + np.arange(len(added))]),
        second=np.concatenate([witnesses.second, np.full(len(added), -1)]),
    )


def _refuse_unproven(system: AdditiveSystem, cells: Integers) -> None:
    if not len(cells):
        return
    named = tuple(system.label(int(cell)) for cell in np.sort(cells).tolist())
    raise ProtectionError(
        f"{len(named)} unsafe cells cannot reach their protection levels: "
        + "; ".join("/".join(codes) for codes in named[:10])
        + ("; ..." if len(named) > 10 else "")
        + ".",
        cells=named,
        remedy="Cells beside them are frozen as published. Withdraw one of those, or drop the table from the plan.",
    )
