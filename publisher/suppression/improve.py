"""What `thorough` and `exact` add to a pattern that cycles found: master programs, in blocks and over the whole."""

from collections.abc import Callable

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.blocks import improve_blocks
from publisher.suppression.exact import Limits, Proposal, least_pattern
from publisher.suppression.system import AdditiveSystem

WHOLE = 4000  # cells of a system that is searched as a whole after its blocks
ROUNDS, SEARCHES, NODES = 60, 20, 1000  # and how far, unless it must be exact


def improve(
    system: AdditiveSystem,
    start: Proposal,
    propose: Callable[[AdditiveSystem], Proposal],
    *,
    exact: bool,
    insiders: bool,
    deadline: float,
    progress: Progress = NO_PROGRESS,
) -> tuple[Proposal, int | None]:
    """A safe pattern that costs no more than `start`, and what no pattern costs less than (None: not computed).

    `propose` finds safe patterns quickly; it is asked for patterns of the same system with other costs.
    """
    better = improve_blocks(system, start, insiders=insiders, limits=Limits(deadline), progress=progress)
    if not exact and system.cells > WHOLE:
        return better, None
    limits = Limits(deadline) if exact else Limits(deadline, ROUNDS, SEARCHES, NODES)
    return least_pattern(system, better, propose, insiders=insiders, limits=limits, progress=progress)
