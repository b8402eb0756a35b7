"""A contributor who is alone in a hidden cell knows that cell. Does it thereby know another primary cell exactly?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from publisher.audit.cycles import Cycles
from publisher.audit.null_space import NullSpace
from publisher.audit.prover import ball, components
from publisher.audit.reduced import Reduced
from publisher.audit.simplex import Model
from publisher.audit.system import System
from publisher.audit.witness import Checker, Deviation, unfolded
from publisher.model.progress import NO_PROGRESS, Progress

InsiderScope = Literal["primaries", "singletons", "off"]
BALL = 300
ENTRIES = 2**24  # of 8 bytes, for random solutions of one component
WIDTH = 256  # solutions at most
EVERY = 50  # insiders between two reports of progress
STAGE = "Attack from inside"


@dataclass
class InsiderOutcome:
    """`recovered`: primary variables that some single contributor computes exactly. `pairs`: what was tried."""

    recovered: list[int] = field(default_factory=list)
    insiders: int = 0
    pairs: int = 0
    programs: int = 0


@dataclass(frozen=True)
class _Part:
    """One component: its primary groups, its null space, and what holds even where an insider knows nothing here."""

    primaries: list[int]
    space: NullSpace
    pinned: list[int]


class Insiders:
    """Each contributor who is alone somewhere, against all primary cells of a component at once (see null_space.py).

    `scope`: "singletons" defends only primary cells of a single contributor, "primaries" all.

    What the null space does not clear goes to a cycle, then a program over a neighbourhood, then one over the
    component, each with the insider's groups held still. A cell is exactly recovered when it can then move neither
    up nor down by half a unit.
    """

    def __init__(self, system: System, reduced: Reduced, checker: Checker, scope: InsiderScope) -> None:
        self._scope = scope
        self._reduced, self._checker, self._system = reduced, checker, system
        self._cycles = Cycles(reduced)
        self._models: dict[int, Model] = {}
        self._owned: dict[int, set[int]] = {}
        for group, members in reduced.members.items():
            for variable, _ in members:
                if system.lone[variable]:
                    self._owned.setdefault(int(system.lone[variable]), set()).add(group)
        self._primaries = self._find_primaries()
        self._found: list[frozenset[int]] = []

    def run(self, progress: Progress = NO_PROGRESS) -> InsiderOutcome:
        result = InsiderOutcome(insiders=len(self._owned))
        if not self._owned:
            return result
        for component in components(self._reduced, sorted(self._primaries)):
            progress(STAGE, 0, len(self._owned))
            inside = set(component)
            here = {insider: owned & inside for insider, owned in sorted(self._owned.items())}
            part = self._part(component, max(map(len, here.values())), result)
            for done, (insider, owned) in enumerate(here.items()):
                if done % EVERY == 0:
                    progress(STAGE, done, len(here))
                self._attack(insider, owned, part, result)
        progress(STAGE, len(self._owned), len(self._owned))
        result.recovered = sorted(set(result.recovered))
        return result

    def _part(self, component: list[int], most_owned: int, result: InsiderOutcome) -> _Part:
        """A group that cannot move both ways stands still in all combinations: its weight could have any sign."""
        primaries = [group for group in component if group in self._primaries]
        one_way = [group for group in component if not self._has_room(group)]
        width = min(most_owned + 1, WIDTH, max(2, ENTRIES // len(component)))
        space = NullSpace(self._reduced, component, one_way, primaries, width)
        unclear = [group for group, moves in zip(primaries, space.moving([]), strict=True) if not moves]
        pinned = [group for group in unclear if not self._moved(group, frozenset(), set(unclear), result)]
        return _Part(primaries, space, pinned)

    def _attack(self, insider: int, owned: set[int], part: _Part, result: InsiderOutcome) -> None:
        if owned:
            moving = part.space.moving(sorted(owned))
            unclear = [part.primaries[place] for place in np.flatnonzero(~moving).tolist()]
            self._look(insider, unclear, owned, result)
        else:
            result.recovered += [v for group in part.pinned for v in self._others(insider, group)]

    def _others(self, insider: int, group: int) -> list[int]:
        return [variable for variable in self._primaries[group] if self._concerns(insider, variable)]

    def _look(self, insider: int, groups: list[int], owned: set[int], result: InsiderOutcome) -> None:
        """Goes through the groups that were not cleared; each alternative found clears all that it moves."""
        barred = frozenset(owned)
        others = {group: self._others(insider, group) for group in groups}
        pending = {group for group, variables in others.items() if variables}
        determined = self._determined(barred) & pending if pending else frozenset()
        for group in sorted(determined):
            result.recovered += others[group]
        pending -= determined
        for group in sorted(pending):
            if group in pending:
                result.pairs += 1
                moved = self._moved(group, barred, pending, result)
                if group not in moved:
                    result.recovered += others[group]
                pending -= moved | {group}

    def _concerns(self, insider: int, variable: int) -> bool:
        """Whether the insider learns about others by knowing the cell.

        Of a cell that it leads before two or more others it learns their sum only: the cell is primary for its sake.
        """
        lone, leader = int(self._system.lone[variable]), int(self._system.leader[variable])
        return lone not in (0, insider) if self._scope == "singletons" else insider not in (lone, leader)

    def _determined(self, barred: frozenset[int]) -> frozenset[int]:
        """Groups that follow from the insider's one equation at a time."""
        known, queue = set(barred), list(barred)
        while queue:
            for row in self._reduced.where[queue.pop()]:
                unknown = [group for group in self._reduced.rows[row] if group not in known]
                if len(unknown) == 1:
                    known.add(unknown[0])
                    queue.append(unknown[0])
        return frozenset(known)

    def _has_room(self, group: int) -> bool:
        """A group at a bound moves one way only: no combination with a negative weight may use it."""
        return self._reduced.lower[group] < 0 < self._reduced.upper[group]

    def _find_primaries(self) -> dict[int, list[int]]:
        system = self._system
        found = {
            group: [v for v, _ in members if system.up[v] > 0 or system.down[v] > 0]
            for group, members in self._reduced.members.items()
        }
        return {group: variables for group, variables in found.items() if variables}

    def _moved(self, group: int, barred: frozenset[int], pending: set[int], result: InsiderOutcome) -> frozenset[int]:
        """The groups that an alternative for `group` moves while the insider's stand still; empty: there is none."""
        for support in self._found:
            if group in support and not support & barred:
                return support
        for up in (True, False):
            found = self._cycles.find(group, 1, up=up, barred=barred)
            if found is not None and self._holds(found):
                return frozenset(found)
        near = Model(self._reduced, ball(self._reduced, group, BALL))
        return self._by_program(near, group, barred, pending, result) or self._by_program(
            self._whole(group), group, barred, pending, result
        )

    def _holds(self, of_groups: Mapping[int, Deviation]) -> bool:
        """Whether it is an alternative; it is kept for the insiders to come."""
        holds = self._checker.holds(unfolded(self._reduced, of_groups))
        if holds:
            self._found.append(frozenset(of_groups))
        return holds

    def _by_program(
        self, model: Model, group: int, barred: frozenset[int], pending: set[int], result: InsiderOutcome
    ) -> frozenset[int]:
        """First all pending groups at once, then this one alone, up and down."""
        result.programs += 1
        wanted = dict.fromkeys((one for one in model.groups if one in pending - barred), 1)
        found = model.exact(model.reach_many(wanted, 1, barred), 1, 1)
        if found.get(group) and self._holds(found):
            return frozenset(found)
        for up in (True, False):
            result.programs += 1
            optimum = model.reach(group, 1, up, barred)
            if optimum.reach is not None and optimum.reach >= 0.5:
                found = model.exact(optimum, 1, 1)
                return frozenset(found) | {group} if self._holds(found) else frozenset({group})
        return frozenset()

    def _whole(self, group: int) -> Model:
        if group not in self._models:
            (component,) = components(self._reduced, [group])
            model = Model(self._reduced, component)
            self._models.update(dict.fromkeys(component, model))
        return self._models[group]
