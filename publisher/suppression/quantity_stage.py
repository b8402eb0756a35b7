"""Protects quantities whose values are shown: by further quantities, never by values.

Every shown value stands still, and quantities move in their own equations. Hidden cells only become more, so what was
proved before stays proved. No equation holds both a value and a quantity: without numbers that an earlier edition
shows, hiding all quantities is always enough, for them and for the sums of one trader's.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.editions import Joined
from publisher.suppression.feasible import refusal
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, Mask, Status, untied
from publisher.suppression.union_ways import protect_unions
from publisher.suppression.unions import Unions
from publisher.suppression.witness import Witnesses, unproven


@dataclass(frozen=True)
class HiddenQuantities:
    """What the stage adds to a pattern.

    hidden     bool[cells of the joined system]  quantities that are hidden without their values, or were already
    witnesses  of the quantities that are asked for more than before, then of their unions; checked
    """

    hidden: Mask = field(repr=False)
    witnesses: tuple[Witnesses, ...]


def hide_quantities(
    joined: Joined,
    hidden: Mask,
    known: Sequence[Witnesses],
    unions: Callable[[Mask], Unions],
    *,
    progress: Progress = NO_PROGRESS,
) -> HiddenQuantities:
    """Quantities to hide in addition to `hidden`, bool[cells of the joined system], which is whole by itself.

    `known` are checked witnesses of that pattern; `unions` finds the sums of quantities that must be uncertain, given
    all hidden cells of the joined system. Raises ProtectionError naming the quantities that cannot be protected.
    """
    free, wanted = joined.quantities.free, joined.quantities.beyond(joined.system)
    if not np.any(wanted) and not len(unions(hidden)):
        return HiddenQuantities(np.zeros(joined.system.cells, dtype=np.bool_), ())
    system = _quantities_alone(joined, hidden, wanted)
    cells = suppress(system, progress=progress)
    found = protect_unions(
        system,
        cells.suppressed,
        (*known, cells.witnesses),
        lambda away: unions(hidden | (away & free)),
        progress=progress,
    )
    left = unproven(system, found.hidden, cells.witnesses)
    if len(left):
        raise refusal(system, left)
    return HiddenQuantities(found.hidden & free, (cells.witnesses, *found.witnesses))


def _quantities_alone(joined: Joined, hidden: Mask, wanted: Mask) -> AdditiveSystem:
    """The system in which shown values stand still and quantities keep what is hidden, and reach the levels wanted.

    What is hidden moves, whatever it is: that takes nothing more to hide.
    """
    system, asked = joined.system, joined.quantities
    status = np.where(hidden & (system.status == Status.CANDIDATE), int(Status.FROZEN_SUPPRESSED), system.status)
    status[system.status == Status.PRIMARY] = Status.FROZEN_SUPPRESSED
    status[wanted] = Status.PRIMARY
    status[~asked.free & ~hidden] = Status.FROZEN_PUBLISHED
    return replace(
        system,
        status=status.astype(np.int8),
        upper_level=np.where(wanted, np.maximum(asked.upper, system.upper_level), 0),
        lower_level=np.where(wanted, np.maximum(asked.lower, system.lower_level), 0),
        tie=untied(system.tie, np.flatnonzero(~asked.free).astype(np.int64)),
    )
