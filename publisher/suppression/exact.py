"""The least pattern: a master program chooses, the attacker objects, until a choice has no objection (Benders).

Linear relaxations first, with cuts until they tell nothing new; then whole choices. A pattern that is found is proven
by integer directions; a bound that is claimed holds as master.py says.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import inf
from time import monotonic

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.attacker import Attacker, Floats
from publisher.suppression.choice import NEITHER, Choice, whole_choice
from publisher.suppression.master import TIGHT, Master
from publisher.suppression.program import Direction
from publisher.suppression.proof import Proven, Prover, directions_of, witnesses_of
from publisher.suppression.separate import Separator
from publisher.suppression.system import AdditiveSystem, Mask
from publisher.suppression.witness import Witnesses

MOST_ROUNDS = 200
TELLING = 1e-4  # the part by which a bound must rise in a few rounds
FEW = 4
HALF = 0.5
LIKED = 0.99  # by which part a cell gets cheaper for the heuristic where the relaxation hides it whole
UNLIMITED_NODES = 2**31 - 1

Guide = Callable[[Floats], tuple[Mask, Sequence[Direction]]]  # fractional choice -> a choice like it, and its proofs


@dataclass(frozen=True)
class Limits:
    """deadline: of the monotonic clock. The rest: of relaxations, whole searches, each one's tree, confirmation."""

    deadline: float = inf
    rounds: int = MOST_ROUNDS
    searches: int = 10**6
    nodes: int = UNLIMITED_NODES
    confirming: int = 20_000

    def over(self) -> bool:
        return monotonic() >= self.deadline


@dataclass(frozen=True)
class Proposal:
    """bool[n] of hidden cells, and what proves them enough."""

    suppressed: Mask
    witnesses: Witnesses


@dataclass(frozen=True)
class Outcome:
    """The best choice (bool[k]) with its proofs, and what no choice can cost less than."""

    chosen: Mask
    cost: int
    bound: int
    proven: tuple[Proven, ...]


class Search:
    """The state of one search for the least choice."""

    def __init__(
        self,
        choice: Choice,
        start: Mask,
        known: Sequence[Direction],
        limits: Limits,
        guide: Guide | None = None,
        progress: Progress = NO_PROGRESS,
    ) -> None:
        self.choice, self.limits, self.guide, self.progress = choice, limits, guide, progress
        self.attacker = Attacker(choice)
        self.prover = Prover(choice, self.attacker, limits.over)
        self.master = Master(choice.cost, choice.cost_of(start))
        self.best, self.cost, self.bound = start, choice.cost_of(start), 0
        self.proven: tuple[Proven, ...] = ()
        for direction in known:
            self.prover.learn(direction)
        self.master.add(self.prover.settle())
        self.separator = Separator(choice, self.attacker, self.prover.open)
        self.master.add(self.separator.equations())

    @property
    def done(self) -> bool:
        return self.bound >= self.cost or self.limits.over()

    def run(self) -> Outcome:
        self.consider(self.best)
        chosen = self.relax(self.limits.rounds)
        if not self.done:
            self._ask_guide(chosen)
            self.whole()
        if not self.done and self.master.claimed(self.cost) <= self.bound:
            self.confirm()
        return Outcome(self.best, self.cost, min(self.bound, self.cost), self.prover.settled + self.proven)

    def consider(self, chosen: Mask) -> bool:
        """Judges a choice, learns its cuts, keeps what came of it if that is better; whether the choice was safe."""
        verdict = self.prover.judge(chosen)
        self.master.add(verdict.cuts)
        if not verdict.undecided:
            self._keep(verdict.mended, verdict.proven)
        return verdict.safe

    def _keep(self, chosen: Mask, proven: tuple[Proven, ...]) -> None:
        """Shows again what no proof needs, dearest first, while that may lead below the best; then compares."""
        used = frozenset[int]().union(*(each.columns for each in proven))
        columns = np.array(sorted(used - {NEITHER}), dtype=np.int64)
        columns = columns[np.lexsort((columns, -self.choice.cost[columns]))]
        chosen = np.isin(np.arange(len(chosen)), columns)
        free = [not self.master.needs(chosen, column) for column in columns.tolist()]
        hope = np.cumsum((self.choice.cost[columns] * free)[::-1])[::-1].tolist()  # what the rest may still save
        for column, rest in zip(columns.tolist(), hope, strict=True):
            if self.limits.over() or (self.proven and self.choice.cost_of(chosen) - rest >= self.cost):
                break
            if self.master.needs(chosen, column):
                continue
            fewer = self.prover.without(chosen, proven, column)
            if fewer is not None:
                chosen, proven = chosen & (np.arange(len(chosen)) != column), fewer
            self.master.add(self.prover.lessons)
            self.prover.lessons.clear()
        cost = self.choice.cost_of(chosen)
        if cost < self.cost or not self.proven:
            self.best, self.cost, self.proven = chosen, cost, proven

    def relax(self, rounds: int) -> Floats | None:
        """Cuts for fractional choices, while they raise the bound."""
        history: list[int] = []
        chosen, everybody = None, False
        for turn in range(rounds):
            relaxed = self.master.relax()
            chosen = relaxed.chosen
            if chosen is not None:
                self.bound = max(self.bound, self.master.fix(self.cost))
            elif relaxed.empty:
                self.bound = max(self.bound, self.master.claimed(self.cost))
            self.progress("bound the cost", turn, 0)
            if chosen is None or self.done:
                break
            cuts = self.separator.bridges(chosen) + self.separator.programs(
                chosen, everybody=everybody, over=self.limits.over
            )
            if self.master.add(cuts):
                everybody = False
                continue
            history.append(self.bound)
            if everybody or _tells_nothing_new(history):
                break
            everybody = True
        return chosen

    def whole(self) -> None:
        """Whole choices until the best has no objection."""
        gap = 0.0
        for turn in range(self.limits.searches):
            self.progress("search the least pattern", turn, 0)
            seconds = max(0.0, self.limits.deadline - monotonic())
            gap = TIGHT if gap == TIGHT else max(TIGHT, (self.cost - self.bound) / max(1, self.cost) / 4)
            answer = self.master.solve(self.best, self.cost, seconds=seconds, nodes=self.limits.nodes, gap=gap)
            self.bound = max(self.bound, min(self.cost, answer.bound))
            if self.done:
                return
            before, cuts = self.cost, len(self.master.cuts)
            self.consider(answer.chosen > HALF)
            if self.bound >= self.cost or not answer.optimal:
                return
            if len(self.master.cuts) == cuts and self.cost >= before:
                if gap == TIGHT:
                    return
                gap = TIGHT
            else:
                self.relax(FEW)

    def confirm(self) -> None:
        """Raises the bound to the cost where only the solver's tolerance lies between them, if integers agree."""
        self.progress("confirm the bound", 0, 0)
        if self.master.confirms(self.cost, nodes=self.limits.confirming, over=self.limits.over):
            self.bound = self.cost

    def _ask_guide(self, chosen: Floats | None) -> None:
        """Tries the pattern that a heuristic finds when it is told what the relaxation likes."""
        if self.guide is None or chosen is None:
            return
        proposal, directions = self.guide(chosen)
        for direction in directions:
            self.prover.learn(direction)
        if self.choice.cost_of(proposal) < self.cost:
            self.consider(proposal)


def _tells_nothing_new(history: Sequence[int]) -> bool:
    return len(history) > FEW and history[-1] - history[-1 - FEW] < TELLING * max(1, history[-1])


def least_pattern(
    system: AdditiveSystem,
    start: Proposal,
    heuristic: Callable[[AdditiveSystem], Proposal],
    *,
    insiders: bool,
    limits: Limits,
    progress: Progress = NO_PROGRESS,
) -> tuple[Proposal, int]:
    """The least costly pattern, or the best found within the limits; and what no pattern costs less than.

    `start` is safe; `heuristic` finds safe patterns for the same system with other costs.
    """
    choice = whole_choice(system, insiders=insiders)

    def guide(chosen: Floats) -> tuple[Mask, Sequence[Direction]]:
        liked = np.append(chosen, 0.0)[choice.column]
        altered = replace(system, costs=np.maximum(1, (system.costs * (1 - LIKED * liked)).astype(np.int64)))
        found = heuristic(altered)
        return _chosen(choice, found.suppressed), directions_of(found.witnesses)

    first = _chosen(choice, start.suppressed)
    search = Search(choice, first, directions_of(start.witnesses), limits, guide, progress)
    outcome = search.run()
    if not outcome.proven and len(system.primaries):
        return start, outcome.bound
    hidden = np.isin(system.tie, choice.tie[outcome.chosen]) & choice.movable
    suppressed = np.asarray(hidden | (start.suppressed & (choice.column == NEITHER)), dtype=np.bool_)
    return Proposal(suppressed, witnesses_of(outcome.proven)), outcome.bound


def _chosen(choice: Choice, suppressed: Mask) -> Mask:
    """bool[k]: the columns of which a cell is hidden."""
    chosen = np.zeros(len(choice.tie) + 1, dtype=np.bool_)
    chosen[choice.column[suppressed]] = True
    return chosen[:-1]
