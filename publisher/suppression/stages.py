"""Suppression over several editions, in stages: each protects what it can by a simpler system than the whole.

1. *Together.* Present cells of which an earlier edition shows another number stand still. All others move with their
   old numbers beside them: whatever protected an edition before protects it now.
2. *Alone.* Only fresh cells move, whose number no earlier edition states, and in the present edition alone: the
   earlier ones do not notice. This is for cells that became unsafe, or came into being, by a revision.
3. *The whole*, for the few that need both at once.

A direction of a stage moves nothing that stands still in it, so it is a direction of the whole system (in stage 2
with every revision moving against its cell). Hidden cells only become more: what a stage has proved stays proved.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.editions import Joined, untied
from publisher.suppression.feasible import beyond_reach, refuse_infeasible
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses, unproven


@dataclass(frozen=True)
class StagedPattern:
    """Which cells to hide, and which cells move for which.

    suppressed  bool[cells of the joined system]
    witnesses   of each stage, each checked against the system of its stage; cells as the joined system numbers them.
                Then those that only unions of cells need (union_ways.py)
    systems     of each stage: its first cells are those of the joined system, its primaries those that it protects
    """

    suppressed: Mask = field(repr=False)
    witnesses: tuple[Witnesses, ...]
    systems: tuple[AdditiveSystem, ...] = field(repr=False)

    def unproven(self) -> Integers:
        """The cells that some stage was to protect and that its witnesses do not prove safe, int64."""
        stages = zip(self.systems, self.witnesses, strict=False)
        left = [unproven(system, self.suppressed[: system.cells], its) for system, its in stages]
        return np.unique(np.concatenate(left))


def suppress_joined(joined: Joined, present: AdditiveSystem, *, progress: Progress = NO_PROGRESS) -> StagedPattern:
    """A pattern that protects every unsafe cell of every edition.

    `present` is the system of the present edition by itself. Raises ProtectionError naming the cells that cannot be
    protected.
    """
    system, cells = joined.system, present.cells
    if not np.any(joined.fresh):
        whole = suppress(system, progress=progress)
        return StagedPattern(whole.suppressed, (whole.witnesses,), (system,))
    refuse_infeasible(system)
    hidden = _closed(system, np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED)))
    first = _stage(system, _closed(system, joined.alone), hidden, system.primaries, progress)
    hidden, left, witnesses, systems = first.hidden, first.left, first.witnesses, first.systems
    if np.any(left < cells):
        now = _same_equations(present, system)
        second = _stage(now, ~joined.fresh[:cells], hidden[:cells], left[left < cells], progress)
        hidden = _closed(system, np.concatenate([second.hidden, hidden[cells:]]))
        left = np.concatenate([second.left, left[left >= cells]])
        witnesses, systems = (*witnesses, *second.witnesses), (*systems, *second.systems)
    if len(left):
        last = _asking(system, hidden, left)
        third = suppress(last, progress=progress)
        hidden, witnesses, systems = third.suppressed, (*witnesses, third.witnesses), (*systems, last)
    return StagedPattern(hidden, witnesses, systems)


@dataclass(frozen=True)
class _Stage:
    """What is hidden after a stage, the cells it left unprotected, and the witnesses of the others in its system."""

    hidden: Mask
    left: Integers
    witnesses: tuple[Witnesses, ...]
    systems: tuple[AdditiveSystem, ...]


def _stage(system: AdditiveSystem, still: Mask, hidden: Mask, wanted: Integers, progress: Progress) -> _Stage:
    """Protects all `wanted` cells that can be with some cells standing still."""
    first = _asking(system, hidden, wanted[~still[wanted]])
    status = np.where(still, int(Status.FROZEN_PUBLISHED), first.status).astype(np.int8)
    first = replace(first, status=status, tie=untied(system.tie, np.flatnonzero(still)))
    while len(short := beyond_reach(first)):
        first = _asking(first, hidden, np.setdiff1d(first.primaries, short))
    try:
        found = suppress(first, progress=progress)
    except ProtectionError:
        return _Stage(hidden, wanted, (), ())
    return _Stage(found.suppressed | hidden, np.setdiff1d(wanted, first.primaries), (found.witnesses,), (first,))


def _asking(system: AdditiveSystem, hidden: Mask, wanted: Integers) -> AdditiveSystem:
    """The system with a pattern kept, that asks for the levels of the `wanted` cells alone."""
    asked = np.zeros(system.cells, dtype=np.bool_)
    asked[wanted] = True
    status = np.where(hidden & (system.status == Status.CANDIDATE), int(Status.FROZEN_SUPPRESSED), system.status)
    status[~asked & (system.status == Status.PRIMARY)] = Status.FROZEN_SUPPRESSED
    return replace(
        system,
        status=status.astype(np.int8),
        upper_level=np.where(asked, system.upper_level, 0),
        lower_level=np.where(asked, system.lower_level, 0),
    )


def _same_equations(present: AdditiveSystem, joined: AdditiveSystem) -> AdditiveSystem:
    """The present edition by itself, its cells as the joined system has them."""
    columns = (
        "values",
        "costs",
        "lower_bound",
        "upper_bound",
        "upper_level",
        "lower_level",
        "status",
        "owner",
        "tie",
    )
    return replace(present, **{name: getattr(joined, name)[: present.cells] for name in columns})


def _closed(system: AdditiveSystem, cells: Mask) -> Mask:
    """These cells and all that are tied to them."""
    tied = np.zeros(system.cells, dtype=np.bool_)
    tied[system.tie[cells]] = True
    return np.asarray(tied[system.tie], dtype=np.bool_)
