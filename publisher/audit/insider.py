"""A contributor who is alone in a hidden cell knows that cell. Does it thereby know another primary cell exactly?"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from publisher.audit.cycles import Cycles
from publisher.audit.null_space import NullSpace
from publisher.audit.prover import Outcome, ball, components
from publisher.audit.reduced import Reduced
from publisher.audit.simplex import Model
from publisher.audit.system import System
from publisher.audit.witness import Checker, Deviation, unfolded
from publisher.model.progress import NO_PROGRESS, Progress

InsiderScope = Literal["primaries", "singletons", "off"]
BALL = 300
GROWTH = 1.1  # how much more must be known before the null space is made anew
STAGE = "Attack from inside"


@dataclass
class InsiderOutcome:
    """`recovered`: primary variables that some single contributor computes exactly. `pairs`: what was tried."""

    recovered: list[int] = field(default_factory=list)
    insiders: int = 0
    pairs: int = 0
    programs: int = 0


class Insiders:
    """Each contributor who is alone somewhere, against all primary cells at once (see null_space.py).

    `scope`: "singletons" defends only primary cells of a single contributor, "primaries" all.

    What the null space of the witnesses does not clear goes to a cycle, then a program over a neighbourhood, then
    one over the component, each with the insider's groups held still. A cell is exactly recovered when it can then
    move neither up nor down by half a unit.
    """

    def __init__(
        self, system: System, reduced: Reduced, checker: Checker, outcome: Outcome, scope: InsiderScope
    ) -> None:
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
        self._groups = sorted(reduced.members)
        self._witnesses: list[Mapping[int, int]] = []
        self._one_way: list[frozenset[int]] = []
        for witness in outcome.witnesses:
            self._keep(witness)
        self._space = self._new_space()

    def run(self, progress: Progress = NO_PROGRESS) -> InsiderOutcome:
        result = InsiderOutcome(insiders=len(self._owned))
        primaries = np.array(sorted(self._primaries), dtype=np.int64)
        where = np.searchsorted(self._groups, primaries)
        for done, (insider, owned) in enumerate(sorted(self._owned.items())):
            progress(STAGE, done, len(self._owned))
            moving = self._space.moving(sorted(owned))
            self._look(insider, primaries[~moving[where]].tolist(), result)
            if len(self._witnesses) > GROWTH * self._known:
                self._space = self._new_space()
        result.recovered = sorted(set(result.recovered))
        return result

    def _new_space(self) -> NullSpace:
        self._known = max(1, len(self._witnesses))
        return NullSpace(self._groups, self._witnesses, seed=self._known)

    def _look(self, insider: int, groups: list[int], result: InsiderOutcome) -> None:
        """Goes through the groups that were not cleared; each alternative found clears all that it moves."""
        barred = frozenset(self._owned[insider])
        others = {g: [v for v in self._primaries[g] if self._concerns(insider, v)] for g in groups}
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
        for support in self._one_way:
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
        """Whether it is an alternative; a whole one is kept for the insiders to come."""
        holds = self._checker.holds(unfolded(self._reduced, of_groups))
        whole = {group: deviation for group, deviation in of_groups.items() if isinstance(deviation, int)}
        if holds and len(whole) == len(of_groups):
            self._keep(whole)
        return holds

    def _keep(self, witness: Mapping[int, int]) -> None:
        """A witness that may be reversed joins the null space; one that may not speaks for itself only."""
        if all(self._has_room(group) for group in witness):
            self._witnesses.append(witness)
        else:
            self._one_way.append(frozenset(witness))

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
