"""Proves or refutes, for every primary cell, that its interval reaches its levels."""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from publisher.audit.cycles import Cycles
from publisher.audit.reduced import Reduced
from publisher.audit.simplex import DENOMINATORS, TOLERANCE, Model, Optimum
from publisher.audit.system import UNBOUNDED
from publisher.audit.witness import Checker, Witness, unfolded
from publisher.model.progress import NO_PROGRESS, Progress

Target = tuple[int, bool]  # (group, upwards)
BALLS = (120, 900)  # how many groups around a target the small programs look at
TRIES = 200  # cycles are given up when fewer than one in one is found after so many
LIKE = (1e-4, 1e4)  # levels that one program can hold together
STAGE = "Attack hidden cells"


@dataclass
class Outcome:
    """What became of each target.

    proved      targets that reach their level
    witnesses   alternative tables in whole units, by group: every one holds
    reached     refuted target -> greatest deviation an attacker cannot exclude, in units
    unfinished  targets for which the solver gave up
    """

    proved: set[Target] = field(default_factory=set)
    witnesses: list[Mapping[int, int]] = field(default_factory=list)
    reached: dict[Target, float] = field(default_factory=dict)
    unfinished: set[Target] = field(default_factory=set)
    by_witness: int = 0
    by_tolerance: int = 0
    programs: int = 0


class Prover:
    """One attack on one reduced system. `needs` is the level of each target, in units, at least 1."""

    def __init__(self, reduced: Reduced, checker: Checker, needs: Mapping[Target, int]) -> None:
        self.outcome = Outcome()
        self._reduced = reduced
        self._checker = checker
        self._needs = needs
        self._cycles = Cycles(reduced)
        self._order = sorted(needs, key=lambda target: (-needs[target], target))

    def run(self, progress: Progress = NO_PROGRESS) -> Outcome:
        """Bounds, then cycles, then programs over a neighbourhood, then over the whole component."""
        tried = 0
        for target in self._order:
            if self._settled(target) or self._beyond_bounds(target):
                continue
            if tried < TRIES or len(self.outcome.proved) > tried:
                tried += 1
                self._by_cycle(target)
        for component in components(self._reduced, [t[0] for t in self._order if not self._settled(t)]):
            self._by_program(component, progress)
        progress(STAGE, len(self._order), len(self._order))
        return self.outcome

    def check_by_program(self, target: Target, model: Model) -> bool:
        """Whether the program over the whole component agrees that a proved target reaches its level."""
        self.outcome.programs += 1
        reach = model.reach(target[0], self._needs[target], target[1]).reach
        return reach is not None and reach >= 1 - TOLERANCE

    def _settled(self, target: Target) -> bool:
        o = self.outcome
        return target in o.proved or target in o.reached or target in o.unfinished

    def _beyond_bounds(self, target: Target) -> bool:
        """A cell cannot move further than its own bounds, nor those of the cells that move with it."""
        group, up = target
        room = self._reduced.upper[group] if up else -self._reduced.lower[group]
        if room >= min(self._needs[target], UNBOUNDED):
            return False
        self.outcome.reached[target] = float(room)
        return True

    def _by_cycle(self, target: Target) -> None:
        group, up = target
        need = self._needs[target]
        if not self._reduced.where[group]:
            self.accept({group: need if up else -need})
            return
        for both in (True, False):
            found = self._cycles.find(group, need, up=up, both=both)
            if found is not None and self.accept(found):
                if both:
                    self.accept({one: -deviation for one, deviation in found.items()})
                return

    def accept(self, of_groups: Witness) -> bool:
        """Takes a proposal that holds as proof of every target whose level it reaches."""
        if not self._checker.holds(unfolded(self._reduced, of_groups)):
            return False
        for group, deviation in of_groups.items():
            target, size = (group, deviation > 0), deviation if deviation > 0 else -deviation
            need = self._needs.get(target)
            if need is not None and size >= need and not self._settled(target):
                self.outcome.proved.add(target)
                self.outcome.by_witness += 1
        whole = {group: deviation for group, deviation in of_groups.items() if isinstance(deviation, int)}
        if len(whole) == len(of_groups):
            self.outcome.witnesses.append(whole)
        return True

    def _by_program(self, component: list[int], progress: Progress) -> None:
        inside = set(component)
        open_targets = [t for t in self._order if t[0] in inside and not self._settled(t)]
        whole: Model | None = None
        for target in open_targets:
            progress(STAGE, len(self.outcome.proved) + len(self.outcome.reached), len(self._order))
            if self._settled(target) or self._by_ball(target, len(component)):
                continue
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
