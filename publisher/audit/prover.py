"""Proves or refutes, for every primary cell, that its interval reaches its levels."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from publisher.audit.reduced import Reduced
from publisher.audit.simplex import DENOMINATORS, TOLERANCE, Model, Optimum
from publisher.audit.witness import Checker, WholeChecker, Witness, unfolded
from publisher.model.progress import NO_PROGRESS, Progress

Target = tuple[int, bool]  # (group, upwards)
BROAD = 10_000  # how many groups a program for all targets at once looks at
LEVELS = 10**6  # how far apart the levels may lie that such a program looks at
IDLE = 4  # programs in a row that may prove nothing new, before targets are looked at one by one
BALLS = (120, 900)  # how many groups around a target the small programs look at
LIKE = (1e-4, 1e4)  # levels that one program can hold together
STAGE = "Attack hidden cells"


@dataclass
class Outcome:
    """What became of each target.

    proved      targets that reach their level
    reached     refuted target -> greatest deviation an attacker cannot exclude, in units
    unfinished  targets for which the solver gave up
    """

    proved: set[Target] = field(default_factory=set)
    reached: dict[Target, float] = field(default_factory=dict)
    unfinished: set[Target] = field(default_factory=set)
    by_witness: int = 0
    by_tolerance: int = 0
    programs: int = 0


class Prover:
    """One attack on one reduced system. `needs` is the level of each target, in units, at least 1."""

    def __init__(
        self, reduced: Reduced, checker: Checker, whole_checker: WholeChecker, needs: Mapping[Target, int]
    ) -> None:
        self.outcome = Outcome()
        self._reduced = reduced
        self._checker = checker
        self._whole_checker = whole_checker
        self._needs = needs
        self._order = sorted(needs, key=lambda target: (-needs[target], target))
        self._random = np.random.default_rng(len(needs))

    def run(self, progress: Progress = NO_PROGRESS) -> Outcome:
        """Programs for all targets at once, then one by one: a neighbourhood, the whole component."""
        for target in self._order:
            if not self._reduced.where[target[0]]:
                self.accept({target[0]: self._needs[target] if target[1] else -self._needs[target]})
        for component in components(self._reduced, [t[0] for t in self._open(self._order)]):
            inside = set(component)
            targets = [target for target in self._order if target[0] in inside]
            self._together(component, targets, progress)
            self._by_program(component, targets, progress)
        progress(STAGE, len(self._order), len(self._order))
        return self.outcome

    def _open(self, targets: Iterable[Target]) -> list[Target]:
        return [target for target in targets if not self._settled(target)]

    def _tell(self, progress: Progress) -> None:
        progress(STAGE, len(self.outcome.proved) + len(self.outcome.reached), len(self._order))

    def _together(self, component: list[int], targets: list[Target], progress: Progress) -> None:
        """Programs for all targets near the largest open one, until they are proved or nothing new is."""
        model: Model | None = None
        idle = 0
        while (targets := self._open(targets)) and idle < IDLE:
            self._tell(progress)
            first = targets[int(self._random.integers(len(targets))) if idle else 0]
            if model is None or not model.has(first[0]):
                near = component if len(component) <= BROAD else ball(self._reduced, first[0], BROAD)
                model = Model(self._reduced, near)
            before = len(self.outcome.proved)
            self._all_at_once(model, first, targets, both=idle % 2 == 0)
            idle = 0 if len(self.outcome.proved) > before else idle + 1

    def _all_at_once(self, model: Model, first: Target, targets: list[Target], both: bool) -> None:
        """One program: every open target is drawn up or down at random, the first one most of all.

        A vertex of such a program takes most groups far from 0, and so proves most levels in one stroke.
        """
        size = self._needs[first]
        goals: dict[int, int] = {}
        for group, up in (first, *targets):
            need = self._needs[group, up]
            if model.has(group) and group not in goals and size <= LEVELS * need and need <= LEVELS * size:
                way = bool(self._random.integers(2)) if both else up
                goals[group] = need if way else -need
        self.outcome.programs += 1
        optimum = model.reach_most(goals, first[0], size, both)
        if optimum.reach is not None:
            found = model.whole(optimum, size)
            if self._accept_whole(found):
                self._accept_whole({group: -deviation for group, deviation in found.items()})

    def _accept_whole(self, of_groups: Mapping[int, int]) -> bool:
        """Like accept, for witnesses of many groups."""
        if not self._whole_checker.holds(of_groups):
            return False
        self._credit(of_groups)
        return True

    def _settled(self, target: Target) -> bool:
        o = self.outcome
        return target in o.proved or target in o.reached or target in o.unfinished

    def accept(self, of_groups: Witness) -> bool:
        """Takes a proposal that holds as proof of every target whose level it reaches."""
        if not self._checker.holds(unfolded(self._reduced, of_groups)):
            return False
        self._credit(of_groups)
        return True

    def _credit(self, of_groups: Witness) -> None:
        for group, deviation in of_groups.items():
            target, size = (group, deviation > 0), deviation if deviation > 0 else -deviation
            need = self._needs.get(target)
            if need is not None and size >= need and not self._settled(target):
                self.outcome.proved.add(target)
                self.outcome.by_witness += 1

    def _by_program(self, component: list[int], targets: list[Target], progress: Progress) -> None:
        whole: Model | None = None
        for target in targets:
            if self._settled(target):
                continue
            self._tell(progress)
            if not self._by_ball(target, len(component)):
                whole = whole or Model(self._reduced, component)
                self._decide(target, whole)

    def _by_ball(self, target: Target, limit: int) -> bool:
        for size in (size for size in BALLS if size < limit):
            model = Model(self._reduced, ball(self._reduced, target[0], size))
            self._by_many(target, model)
            if self._settled(target) or self._proved(target, model, self._solve(target, model)):
                return True
        return False

    def _by_many(self, target: Target, model: Model) -> None:
        """One program for as many open targets as lie near and are of a like size."""
        need = self._needs[target]
        wanted = {}
        for group in model.groups:
            for up in (True, False):
                level = self._needs.get((group, up), 0)
                if level and LIKE[0] < level / need < LIKE[1] and not self._settled((group, up)):
                    wanted[group] = level if up else -level
                    break
        wanted[target[0]] = need if target[1] else -need
        self.outcome.programs += 1
        optimum = model.reach_many(wanted, need)
        if optimum.reach is not None:
            found = model.exact(optimum, need, 1)
            if self.accept(found):
                self.accept({group: -deviation for group, deviation in found.items()})

    def _solve(self, target: Target, model: Model) -> Optimum:
        self.outcome.programs += 1
        return model.reach(target[0], self._needs[target], target[1])

    def _proved(self, target: Target, model: Model, optimum: Optimum) -> bool:
        if optimum.reach is None or optimum.reach < 1 - TOLERANCE:
            return False
        need = self._needs[target]
        proposals = (model.exact(optimum, need, denominator) for denominator in DENOMINATORS)
        return any(self.accept(proposal) and self._settled(target) for proposal in proposals)

    def _decide(self, target: Target, model: Model) -> None:
        """The last word: the program over everything that hangs together."""
        optimum = self._solve(target, model)
        if optimum.reach is None:
            self.outcome.unfinished.add(target)
        elif optimum.reach < 1 - TOLERANCE:
            self.outcome.reached[target] = optimum.reach * self._needs[target]
        elif not self._proved(target, model, optimum):
            self._within_tolerance(target, model, optimum)

    def _within_tolerance(self, target: Target, model: Model, optimum: Optimum) -> None:
        """In floating point the level is reached. An exact optimum that falls short of it refutes that."""
        for denominator in DENOMINATORS:
            proposal = model.exact(optimum, self._needs[target], denominator)
            if proposal and self.accept(proposal):
                self.outcome.reached[target] = abs(float(proposal.get(target[0], 0)))
                return
        self.outcome.proved.add(target)
        self.outcome.by_tolerance += 1


def ball(reduced: Reduced, centre: int, size: int) -> list[int]:
    """The groups nearest to `centre`, by equations shared."""
    found: dict[int, None] = {centre: None}
    queue = deque([centre])
    while queue and len(found) < size:
        for row in reduced.where[queue.popleft()]:
            for group in reduced.rows[row]:
                if group not in found and len(found) < size:
                    found[group] = None
                    queue.append(group)
    return list(found)


def components(reduced: Reduced, wanted: list[int]) -> Iterator[list[int]]:
    """The connected parts that hold a wanted group, each once, groups in ascending order."""
    seen: set[int] = set()
    for group in wanted:
        if group not in seen:
            found = sorted(ball(reduced, group, len(reduced.members)))
            seen.update(found)
            yield found
