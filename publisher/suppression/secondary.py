"""Hides further cells until every primary cell has a witness of its interval."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from math import inf
from os import cpu_count
from time import monotonic
from typing import Literal

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.exact import Proposal
from publisher.suppression.feasible import refuse_infeasible
from publisher.suppression.improve import improve
from publisher.suppression.independent import Part, SharedProgress, independent
from publisher.suppression.layers import find_layers, one_plane
from publisher.suppression.merge import Merged, apart, expanded, hidden_originals, merged
from publisher.suppression.state import State, refuse_unproven
from publisher.suppression.system import LARGEST_COST, AdditiveSystem, Mask, Status
from publisher.suppression.witness import Witnesses, together, unproven

Effort = Literal["fast", "thorough", "exact"]
SURCHARGE = 4  # the search counts a cell as dearer than it is by this part of a mean cell, so that it hides fewer
FREE_STEPS = 300_000  # how many steps of searches the clean-up of a fast pattern may take, and for each primary
STEPS_EACH = 10


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
    refuse_unproven(system, unproven(system, suppressed, witnesses, insiders=insiders))
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


def _begun(system: AdditiveSystem, insiders: bool, guided: bool) -> tuple[Merged, State]:
    """The merged system, or the original where more of the first primaries find a cycle in it.

    Merging makes a system smaller. A table of layers is taken as it is: equal cells would join its planes. In small
    systems of linked tables joined cells may have no cycle where each by itself has one.
    """
    layers = find_layers(system)
    if len(layers.layer):
        return apart(system), State(_guided(apart(system), guided), insiders, layers)
    small, whole = merged(system), apart(system)
    state = State(_guided(small, guided), insiders, one_plane(small.system), small.ranked)
    failed = state.try_some()
    if failed and small.system.cells < system.cells:
        other = State(_guided(whole, guided), insiders, layers)
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
