"""The present system joined with those of earlier editions of the same period: what a reader of all of them has.

A number that did not change is one cell in all editions. A number that did is one cell for each value it had, and
its *revision* (old number less present one) is a cell too. Revisions add up like the numbers themselves: an earlier
edition adds equations over revisions, and `old = present + revision` for each. See README.md.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from publisher.errors import ProtectionError
from publisher.suppression.assemble import Assembly, Demand
from publisher.suppression.history import EarlierTable
from publisher.suppression.old_equations import Equations, old_equations
from publisher.suppression.quantities import QuantityCells
from publisher.suppression.shared import codes_of
from publisher.suppression.stated import NONE, StatedNumbers, numbers_stated
from publisher.suppression.statements import Statement, state
from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Integers, Mask, Status, untied

AWAY = (Status.PRIMARY, Status.FROZEN_SUPPRESSED)


@dataclass(frozen=True)
class Joined:
    """One system over all editions of a period. Its first cells are those of the present edition, in their order.

    public   int64[k]  unsafe cells of the present edition whose very number an earlier edition shows: their levels
             are out of reach for good, and are no longer asked for
    fresh    bool[cells]  a present cell whose number no earlier edition states, shown or hidden
    alone    bool[cells]  one of which some edition shows another number: no old number can move with it
    kept     bool[cells]  a present quantity that an earlier edition hid while it showed the value
    quantities  what is asked for quantities beyond the levels of `system`, one entry a cell
    """

    system: AdditiveSystem
    public: Integers
    fresh: Mask
    alone: Mask
    kept: Mask
    quantities: QuantityCells


def join_editions(assembly: Assembly, demands: Sequence[Demand], earlier: Sequence[EarlierTable]) -> Joined:
    """Adds what `earlier` tables said, as frozen cells, to the system of the present edition.

    Raises ProtectionError where the office wants to show a cell that an earlier edition hid as unsafe.
    """
    if not earlier:
        none = np.zeros(assembly.system.cells, dtype=np.bool_)
        return Joined(assembly.system, np.zeros(0, dtype=np.int64), none, none, none, assembly.quantities)
    present, statements = state(assembly, demands, earlier)
    stated = numbers_stated(assembly.system, present, statements)
    asked = _asked_still(assembly.quantities, stated)
    frozen = _frozen(assembly.system, stated, asked)
    places = _Places.of(frozen, stated)
    more = old_equations(assembly.system, present, statements, stated, places.number, places.revision)
    system = _extended(frozen, stated, places, more, statements)
    wanted = (assembly.system.status == Status.PRIMARY) | (assembly.quantities.upper > 0)
    public = wanted & (frozen.status == Status.FROZEN_PUBLISHED)
    alone = stated.present[~stated.same & stated.known & (stated.present != NONE)]
    fresh = np.setdiff1d(np.arange(frozen.cells), stated.present[stated.same])
    return Joined(
        system,
        np.flatnonzero(public).astype(np.int64),
        _flagged(system, fresh),
        _flagged(system, alone),
        _flagged(system, _kept_alone(stated)),
        _with_old(asked, stated),
    )


def _flagged(system: AdditiveSystem, cells: Integers) -> Mask:
    flags = np.zeros(system.cells, dtype=np.bool_)
    flags[cells] = True
    return flags


def hidden_now(present: AdditiveSystem, suppressed: Mask, kept: Mask) -> Mask:
    """bool[present cells]: which to hide, given the hidden cells of the joined system.

    What is tied in the present edition is hidden together, even where an old edition shows one of the numbers; but
    quantities that are `kept` hidden, bool[cells of the joined system], do not take their values along.
    """
    away = suppressed[: present.cells] | np.isin(present.status, AWAY)
    kept = kept[: present.cells]
    tied = np.zeros(present.cells, dtype=np.bool_)
    tied[present.tie[away & ~kept]] = True
    return np.asarray((tied[present.tie] | (away & kept)) & (present.status != Status.ZERO), dtype=np.bool_)


def _kept_alone(stated: StatedNumbers) -> Integers:
    """Present quantities that earlier editions hid, unchanged, while one of them showed the value."""
    return stated.present[stated.same & ~stated.known & stated.alone]


def _asked_still(asked: QuantityCells, stated: StatedNumbers) -> QuantityCells:
    """What is asked of present quantities: what this edition or an earlier one asks of the number."""
    upper, lower, hidden = asked.upper.copy(), asked.lower.copy(), stated.same & ~stated.known
    for column, said in ((upper, stated.asked[0]), (lower, stated.asked[1])):
        np.maximum.at(column, stated.present[hidden], said[hidden])
        column[stated.present[stated.same & stated.known]] = 0
    return replace(asked, upper=upper, lower=lower)


def _with_old(asked: QuantityCells, stated: StatedNumbers) -> QuantityCells:
    """The same for all cells of the joined system: old numbers and revisions after the present ones."""
    old = ~stated.same
    revised = old & (stated.present != NONE)
    none = np.zeros(np.count_nonzero(revised), dtype=np.int64)
    still = [np.where(stated.known[old], 0, said[old]) for said in stated.asked]
    return QuantityCells(
        np.concatenate([asked.free, stated.free[old], stated.free[revised]]),
        np.concatenate([asked.unsafe, still[0] > 0, none > 0]),
        np.concatenate([asked.upper, still[0], none]),
        np.concatenate([asked.lower, still[1], none]),
    )


def _frozen(system: AdditiveSystem, stated: StatedNumbers, asked: QuantityCells) -> AdditiveSystem:
    """The present cells as earlier editions leave them.

    Unchanged and shown by some edition: known, published for good. Unchanged and only ever hidden: stays hidden, and
    unsafe where any edition found it unsafe. Revised and hidden before: cheap to hide again. A quantity that was
    hidden alone is no longer tied to its value.
    """
    shown, kept = stated.present[stated.same & stated.known], stated.same & ~stated.known
    hidden = stated.present[kept]
    upper = np.where(asked.free, system.upper_level, np.maximum(system.upper_level, asked.upper))
    lower = np.where(asked.free, system.lower_level, np.maximum(system.lower_level, asked.lower))
    upper[hidden] = np.maximum(upper[hidden], stated.upper[kept])
    lower[hidden] = np.maximum(lower[hidden], stated.lower[kept])
    _refuse_shown(system, hidden[np.maximum(upper, asked.upper)[hidden] > 0])
    upper[shown] = lower[shown] = 0
    status, owner = system.status.copy(), system.owner.copy()
    status[hidden[status[hidden] == Status.CANDIDATE]] = Status.FROZEN_SUPPRESSED
    status[hidden[upper[hidden] > 0]] = Status.PRIMARY
    status[shown] = Status.FROZEN_PUBLISHED
    owner[hidden] = np.where(owner[hidden] == 0, stated.owner[kept], owner[hidden])
    floor, ceiling = system.lower_bound.copy(), system.upper_bound.copy()
    floor[hidden] = np.maximum(floor[hidden], stated.floor[kept])
    ceiling[hidden] = np.minimum(ceiling[hidden], stated.ceiling[kept])
    again = stated.present[~stated.same & ~stated.known & (stated.present != NONE)]
    return replace(
        system,
        costs=_cheap(system, again),
        status=status,
        upper_level=upper,
        lower_level=lower,
        lower_bound=floor,
        upper_bound=ceiling,
        owner=owner,
        tie=untied(system.tie, np.concatenate([shown, _kept_alone(stated)])),
    )


def _cheap(system: AdditiveSystem, cells: Integers) -> Integers:
    """Costs with the least there is for `cells` and all that is tied to them."""
    cheap = np.zeros(system.cells, dtype=np.bool_)
    cheap[system.tie[cells]] = True
    return np.where(cheap[system.tie], 1, system.costs)


def _refuse_shown(system: AdditiveSystem, unsafe: Integers) -> None:
    """An office's word that a cell stays shown cannot stand where an earlier edition hid the number as unsafe."""
    wrong = unsafe[system.status[unsafe] == Status.FROZEN_PUBLISHED]
    if len(wrong):
        raise ProtectionError(
            f"{len(wrong)} cells are to be shown that an earlier edition of the period hid as unsafe, unchanged.",
            cells=tuple(system.label(int(cell)) for cell in wrong),
            remedy="Take back the decision to show them.",
        )


@dataclass(frozen=True)
class _Places:
    """Where a stated number, and its revision, stand in the joined system.

    number     int64[stated]  the present variable where unchanged, else one of its own
    revision   int64[stated]  NONE where unchanged; the number itself where the cell has no present variable
    """

    number: Integers
    revision: Integers

    @classmethod
    def of(cls, system: AdditiveSystem, stated: StatedNumbers) -> "_Places":
        old = ~stated.same
        number = np.where(stated.same, stated.present, NONE)
        number[old] = system.cells + np.arange(np.count_nonzero(old))
        revised = old & (stated.present != NONE)
        revision = np.where(old, number, NONE)
        start = system.cells + np.count_nonzero(old)
        revision[revised] = start + np.arange(np.count_nonzero(revised))
        return cls(number, revision)


def _extended(
    system: AdditiveSystem,
    stated: StatedNumbers,
    places: _Places,
    more: Equations,
    statements: Sequence[Statement],
) -> AdditiveSystem:
    """The system with old numbers and revisions as further cells, and with further equations."""
    old = np.flatnonzero(~stated.same)
    revised = np.flatnonzero(~stated.same & (stated.present != NONE))
    base = stated.present[revised]
    nothing, free = np.zeros(len(revised), dtype=np.int64), stated.known[revised]
    unsafe = ~stated.known[old] & (stated.upper[old] > 0)
    status = np.where(unsafe, int(Status.PRIMARY), int(Status.FROZEN_SUPPRESSED))
    status[stated.known[old]] = Status.FROZEN_PUBLISHED
    both = free & (system.status[base] == Status.FROZEN_PUBLISHED)
    status_of_revision = np.where(free, int(Status.CANDIDATE), int(Status.FROZEN_SUPPRESSED))
    status_of_revision[both] = Status.FROZEN_PUBLISHED
    own = np.where(free & ~both, system.tie[base], places.revision[revised])
    return replace(
        system,
        indptr=np.concatenate([system.indptr, system.indptr[-1] + more.indptr[1:]]),
        indices=np.concatenate([system.indices, more.indices]),
        signs=np.concatenate([system.signs, more.signs]),
        family=np.concatenate([system.family, more.family]),
        values=np.concatenate([system.values, stated.value[old], stated.value[revised] - system.values[base]]),
        costs=np.concatenate([system.costs, np.ones(len(old), dtype=np.int64), system.costs[base]]),
        upper_level=np.concatenate([system.upper_level, np.where(unsafe, stated.upper[old], 0), nothing]),
        lower_level=np.concatenate([system.lower_level, np.where(unsafe, stated.lower[old], 0), nothing]),
        lower_bound=np.concatenate([system.lower_bound, stated.floor[old], nothing - UNBOUNDED]),
        upper_bound=np.concatenate([system.upper_bound, stated.ceiling[old], nothing + UNBOUNDED]),
        status=np.concatenate([system.status, status, status_of_revision]).astype(np.int8),
        owner=np.concatenate([system.owner, stated.owner[old], nothing]),
        tie=np.concatenate([system.tie, places.number[old], own]),
        label=_labels(system, statements, stated.first[np.concatenate([old, revised])], len(old)),
    )


def _labels(
    system: AdditiveSystem, statements: Sequence[Statement], entries: Integers, old: int
) -> Callable[[int], tuple[str, ...]]:
    """Names present cells as before; old numbers, and revisions, by their codes and the edition that has them."""
    ends = np.cumsum([len(said.identity) for said in statements])

    def label(cell: int) -> tuple[str, ...]:
        if cell < system.cells:
            return system.label(cell)
        place = cell - system.cells
        entry = int(entries[place])
        number = int(np.searchsorted(ends, entry, side="right"))
        said, row = statements[number], entry - int(ends[number] - len(statements[number].identity))
        what = said.rows.measure.id if place < old else f"revision of {said.rows.measure.id}"
        table = said.earlier.table
        codes = codes_of(table.structure, table, row) if row < said.rows.count else (table.structure.id,)
        return (*codes, what, said.earlier.edition)

    return label
