"""Protects quantities whose values are shown: by further quantities, never by values.

Every value stands still as the pattern so far has it, and quantities move in their own equations. Hidden cells only
become more, so what was proved before stays proved. No equation holds both a value and a quantity: without numbers
that an earlier edition shows, hiding all quantities is always enough.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.editions import Joined
from publisher.suppression.secondary import suppress
from publisher.suppression.system import AdditiveSystem, Mask, Status, untied
from publisher.suppression.witness import Witnesses


@dataclass(frozen=True)
class HiddenQuantities:
    """What the stage adds to a pattern.

    hidden     bool[cells of the joined system]  quantities that are hidden without their values, or were already
    witnesses  of the quantities that are asked for more than before; checked; None where there are none
    """

    hidden: Mask = field(repr=False)
    witnesses: Witnesses | None


def hide_quantities(joined: Joined, hidden: Mask, *, progress: Progress = NO_PROGRESS) -> HiddenQuantities:
    """Quantities to hide in addition to `hidden`, bool[cells of the joined system], which is whole by itself.

    Raises ProtectionError naming the quantities that cannot be protected.
    """
    wanted = joined.quantities.beyond(joined.system)
    if not np.any(wanted):
        return HiddenQuantities(np.zeros(joined.system.cells, dtype=np.bool_), None)
    found = suppress(_quantities_alone(joined, hidden, wanted), progress=progress)
    return HiddenQuantities(found.suppressed & joined.quantities.free, found.witnesses)


def _quantities_alone(joined: Joined, hidden: Mask, wanted: Mask) -> AdditiveSystem:
    """The system in which values stand still and quantities keep what is hidden, and reach the levels wanted."""
    system, asked = joined.system, joined.quantities
    status = np.where(hidden & (system.status == Status.CANDIDATE), int(Status.FROZEN_SUPPRESSED), system.status)
    status[system.status == Status.PRIMARY] = Status.FROZEN_SUPPRESSED
    status[wanted] = Status.PRIMARY
    status[~asked.free] = Status.FROZEN_PUBLISHED
    return replace(
        system,
        status=status.astype(np.int8),
        upper_level=np.where(wanted, np.maximum(asked.upper, system.upper_level), 0),
        lower_level=np.where(wanted, np.maximum(asked.lower, system.lower_level), 0),
        tie=untied(system.tie, np.flatnonzero(~asked.free).astype(np.int64)),
    )
