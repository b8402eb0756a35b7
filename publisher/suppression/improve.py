"""What `thorough` and `exact` add to a pattern that cycles found: master programs, over the whole or in blocks."""

from collections.abc import Callable
from typing import Literal, Protocol

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.blocks import improve_blocks
from publisher.suppression.exact import Limits, Proposal, least_pattern
from publisher.suppression.system import AdditiveSystem, Mask
from publisher.suppression.witness import Witnesses

WHOLE = 4000  # cells of a system that is searched as one block
ROUNDS, SEARCHES, NODES = 60, 12, 1000  # and how far, unless it must be exact


class _Found(Protocol):
    @property
    def suppressed(self) -> Mask: ...
    @property
    def witnesses(self) -> Witnesses: ...


class _Heuristic(Protocol):
    def __call__(self, system: AdditiveSystem, *, effort: Literal["fast"], insiders: bool) -> _Found: ...


def improve(
    system: AdditiveSystem,
    start: Proposal,
    heuristic: _Heuristic,
    *,
    exact: bool,
    insiders: bool,
    deadline: float,
    progress: Progress = NO_PROGRESS,
) -> tuple[Proposal, int | None]:
    """A safe pattern that costs no more than `start`, and what no pattern costs less than (None: not computed).

    `heuristic` is `secondary.suppress`: it is asked for patterns of the same system with other costs.
    """
    if not exact and system.cells > WHOLE:
        return improve_blocks(system, start, insiders=insiders, limits=Limits(deadline), progress=progress), None
    limits = Limits(deadline) if exact else Limits(deadline, ROUNDS, SEARCHES, NODES)
    return least_pattern(
        system, start, _proposals(heuristic, insiders), insiders=insiders, limits=limits, progress=progress
    )


def _proposals(heuristic: _Heuristic, insiders: bool) -> Callable[[AdditiveSystem], Proposal]:
    def propose(system: AdditiveSystem) -> Proposal:
        found = heuristic(system, effort="fast", insiders=insiders)
        return Proposal(found.suppressed, found.witnesses)

    return propose
