"""Suppression over several editions, in stages: each protects what it can by a simpler system than the whole.

1. *Together.* Present cells of which an earlier edition shows another number stand still. All others move with their
   old numbers beside them: whatever protected an edition before protects it now.
2. *Alone.* Only fresh cells move, whose number no earlier edition states, and in the present edition alone: the
   earlier ones do not notice. This is for cells that became unsafe, or came into being, by a revision.
3. *The whole*, for the few that need both at once.

A direction of a stage moves nothing that stands still in it, so it is a direction of the whole system (in stage 2
with every revision moving against its cell). Hidden cells only become more: what a stage has proved stays proved.
"""

from dataclasses import dataclass, replace

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.editions import Joined, untied
from publisher.suppression.feasible import beyond_reach, refuse_infeasible
from publisher.suppression.secondary import Pattern, suppress
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses


@dataclass(frozen=True)
class Planned:
    """A pattern that protects every unsafe cell of every edition, and the checked directions that prove it.

    hidden      bool[cells of the joined system]
    witnesses   those of each stage, all over cells of the joined system
    """

    hidden: Mask
    witnesses: tuple[Witnesses, ...]


def suppress_joined(joined: Joined, present: AdditiveSystem, *, progress: Progress = NO_PROGRESS) -> Planned:
    """The pattern of all stages together.

    `present` is the system of the present edition by itself. Raises ProtectionError naming the cells that cannot be
    protected.
    """
    system, cells = joined.system, present.cells
    if not np.any(joined.fresh):
        return _planned(suppress(system, progress=progress))
    refuse_infeasible(system)
    hidden = _closed(system, np.isin(system.status, (Status.PRIMARY, Status.FROZEN_SUPPRESSED)))
    first, left = _stage(system, _closed(system, joined.alone), hidden, system.primaries, progress)
    hidden, witnesses = first.hidden, first.witnesses
    if np.any(left < cells):
        now = _same_equations(present, system)
        found, rest = _stage(now, ~joined.fresh[:cells], hidden[:cells], left[left < cells], progress)
        hidden = _closed(system, np.concatenate([found.hidden, hidden[cells:]]))
        left = np.concatenate([rest, left[left >= cells]])
    if len(left):
        last = _planned(suppress(_asking(system, hidden, left), progress=progress))
        hidden, witnesses = last.hidden, (*witnesses, *last.witnesses)
    return Planned(hidden, witnesses)


def _planned(pattern: Pattern) -> Planned:
    return Planned(pattern.suppressed, (pattern.witnesses,))


def _stage(
    system: AdditiveSystem, still: Mask, hidden: Mask, wanted: Integers, progress: Progress
) -> tuple[Planned, Integers]:
    """Protects all `wanted` cells that can be with some cells standing still: what is hidden then, and the rest."""
    first = _asking(system, hidden, wanted[~still[wanted]])
    status = np.where(still, int(Status.FROZEN_PUBLISHED), first.status).astype(np.int8)
    first = replace(first, status=status, tie=untied(system.tie, np.flatnonzero(still)))
    while len(short := beyond_reach(first)):
        first = _asking(first, hidden, np.setdiff1d(first.primaries, short))
    try:
        found = _planned(suppress(first, progress=progress))
    except ProtectionError:
        return Planned(hidden, ()), wanted
    return Planned(found.hidden | hidden, found.witnesses), np.setdiff1d(wanted, first.primaries)


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
