"""Proves a choice safe, primary by primary, with directions kept from earlier choices; or says what it lacks.

What lacks something is mended at once: column after column is added, cheapest for what it carries, and each step
leaves a cut. So every judgement ends in a pattern that is proven, beside the cuts that the choice itself missed.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from math import lcm

import numpy as np

from publisher.suppression.attacker import NEAR, WIDE, Attack, Attacker
from publisher.suppression.choice import NEITHER, Choice, Demand, guard_demand, level_demands
from publisher.suppression.cuts import Cut, Needs, capacity_cut, cover_cut, either, exclusion, needs_of
from publisher.suppression.program import NOWHERE, Direction, Programs
from publisher.suppression.shorten import Shortener
from publisher.suppression.system import Integers, Mask
from publisher.suppression.witness import Witnesses, insider_level

STEPS = 150  # columns added one by one for a demand; then a program finds all it needs
LATEST = 40  # directions known that are looked through for a demand
FAINT = 1e-4  # how much of a shown cell the attacker may use while a cut is sought: prefers cuts of few cells
WIDTHS = (1.0, WIDE, WIDE**3, 2.0**62)  # by how many levels cells may move, until program and integers agree


@dataclass(frozen=True)
class Proven:
    """The directions of one primary: its rise, its fall, and what guards it; `columns` that they need."""

    cell: int
    rise: Direction
    fall: Direction
    guards: tuple[Direction, ...]
    columns: frozenset[int]


@dataclass(frozen=True)
class Verdict:
    """What became of a choice.

    mended      bool[k]  the choice and what was added to it
    proven      the proofs of its primaries
    cuts        what the choice lacked; empty if it was safe
    undecided   cells for which nothing was found, neither proof nor lack
    """

    mended: Mask
    proven: tuple[Proven, ...]
    cuts: list[Cut]
    undecided: tuple[int, ...]

    @property
    def safe(self) -> bool:
        return not self.cuts and not self.undecided


@dataclass
class Known:
    """Directions found so far, and which primaries they serve."""

    directions: list[Direction] = field(default_factory=list)
    serving: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # (cell, 1 up | -1 down | 0 guard)


class Prover:
    """Judges choices of one question."""

    def __init__(self, choice: Choice, attacker: Attacker, over: Callable[[], bool] = lambda: False) -> None:
        """`over` says when to give up what is not proven yet."""
        self.choice = choice
        self.over = over
        self.attacker = attacker
        self.shortener = Shortener(choice, attacker)
        self._programs: Programs | None = None
        self.lessons: list[Cut] = []  # why columns could not be shown again
        self._failed: dict[int, int] = {}
        self._known = Known()
        self._protected = np.zeros(choice.system.cells, dtype=np.bool_)
        self._protected[choice.primaries] = True
        self.settled: tuple[Proven, ...] = ()
        self.open: tuple[int, ...] = tuple(choice.primaries.tolist())

    def learn(self, direction: Direction) -> None:
        """Notes a direction, and its opposite where the bounds allow it."""
        system = self.choice.system
        down = (system.values - system.lower_bound)[direction.cell]
        up = (system.upper_bound - system.values)[direction.cell]
        most = 2**61 // direction.scale
        back = -direction.amount
        self._note(direction)
        if np.all(back <= np.minimum(up, most) * direction.scale) and np.all(
            -back <= np.minimum(down, most) * direction.scale
        ):
            self._note(Direction(direction.cell, back, direction.scale))

    def _note(self, direction: Direction) -> None:
        number = len(self._known.directions)
        self._known.directions.append(direction)
        moved = self._protected[direction.cell]
        cells, amounts = direction.cell[moved], direction.amount[moved]
        upper, lower = self.choice.system.upper_level[cells], self.choice.system.lower_level[cells]
        far = amounts // direction.scale, -amounts // direction.scale  # amount >= level * scale, without overflow
        served = (
            (1, (upper > 0) & (far[0] >= upper)),
            (-1, (lower > 0) & (far[1] >= lower)),
            (0, np.maximum(*far) >= insider_level(self.choice.system)[cells]),
        )
        for sign, enough in served:
            for cell in cells[enough].tolist():
                self._known.serving.setdefault((cell, sign), []).append(number)

    def settle(self) -> list[Cut]:
        """Proves the primaries that need no choice at all; `open` are the others. Returns what those lack."""
        trial = _Trial(self, np.zeros(len(self.choice.tie), dtype=np.bool_), mend=False)
        proven = [None if self.over() else trial.prove(cell) for cell in self.open]
        self.settled = tuple(each for each in proven if each is not None)
        self.open = tuple(cell for cell, each in zip(self.open, proven, strict=True) if each is None)
        self._protected[:] = False
        self._protected[list(self.open)] = True
        return trial.cuts

    def judge(self, chosen: Mask) -> Verdict:
        """Whether the choice (bool[k]) protects every open primary."""
        trial = _Trial(self, chosen)
        proven = []
        for cell in self.open:
            if self.over():
                trial.undecided.append(cell)
                break
            proven.append(trial.prove(cell))
        found = tuple(each for each in proven if each is not None)
        return Verdict(trial.chosen, found, trial.cuts, tuple(trial.undecided))

    def without(self, chosen: Mask, proven: Sequence[Proven], column: int) -> tuple[Proven, ...] | None:
        """The proofs of a safe choice after one column is shown again; None (and lessons) where one needs it."""
        trial = _Trial(self, chosen & (np.arange(len(chosen)) != column), mend=False)
        kept = {each.cell: each for each in proven}
        users = [each.cell for each in proven if column in each.columns]
        for cell in sorted(users, key=lambda cell: -self._failed.get(cell, 0)):  # the likeliest to fail first
            other = None if self.over() else trial.prove(cell)
            if other is None:
                self.lessons += trial.cuts
                self._failed[cell] = self._failed.get(cell, 0) + 1
                return None
            kept[cell] = other
        return tuple(kept.values())

    def known(self, cell: int, sign: int) -> Iterable[tuple[int, Direction]]:
        """Directions that serve a demand, with their numbers, the latest first."""
        for number in self._known.serving.get((cell, sign), [])[: -LATEST - 1 : -1]:
            yield number, self._known.directions[number]

    def programs(self) -> Programs:
        if self._programs is None:
            self._programs = Programs(self.choice.system)
        return self._programs


class _Trial:
    """One choice under judgement."""

    def __init__(self, prover: Prover, chosen: Mask, *, mend: bool = True) -> None:
        self.prover = prover
        self.chosen = chosen.copy()
        self.mend = mend
        self.cuts: list[Cut] = []
        self.undecided: list[int] = []
        self._look()

    def _look(self) -> None:
        self._allowed: dict[int, bool] = {}
        self.hidden = self.prover.choice.hidden(self.chosen)
        self.exactly = self.hidden.astype(np.float64)
        self.faintly = self.prover.choice.share(np.maximum(self.chosen, FAINT))

    def prove(self, cell: int) -> Proven | None:
        choice = self.prover.choice
        moves = {1: NOWHERE, -1: NOWHERE}
        for demand in level_demands(choice, cell):
            found = self._meet(demand)
            if found is None:
                return None
            moves[demand.sign] = found
        guards = self._guards(cell, moves[1], moves[-1]) if choice.insiders else ()
        if guards is None:
            return None
        cells = np.concatenate([each.cell for each in (moves[1], moves[-1], *guards)])
        return Proven(cell, moves[1], moves[-1], guards, frozenset(choice.column[cells].tolist()))

    def _guards(self, cell: int, *first: Direction) -> tuple[Direction, ...] | None:
        """Directions so that no single other contributor knows a cell of the first and of each of them."""
        owner = self.prover.choice.system.owner
        known = {t for each in first for t in owner[each.cell].tolist()} - {0, int(owner[cell])}
        guards: list[Direction] = []
        while known and (best := self._best_guard(cell, known)) is not None:
            guards.append(best)
            known &= set(owner[best.cell].tolist())
        demand = guard_demand(self.prover.choice, cell, tuple(sorted(known)))
        if len(known) > 1 and (alone := self._move_either(demand)) is not None:
            return (*guards, alone)
        while known:
            met = self._meet(guard_demand(self.prover.choice, cell, (min(known),)))
            if met is None:
                return None
            guards.append(met)
            known &= set(owner[met.cell].tolist())
        return tuple(guards)

    def _best_guard(self, cell: int, known: set[int]) -> Direction | None:
        """Of the directions found before: that which leaves the fewest contributors; None where none leaves fewer."""
        owner = self.prover.choice.system.owner
        best, fewest = None, len(known)
        for number, guard in self.prover.known(cell, 0):
            if self._possible(number, guard):
                left = len(known.intersection(owner[guard.cell].tolist()))
                if left < fewest:
                    best, fewest = guard, left
        return best

    def _possible(self, number: int, direction: Direction) -> bool:
        """Whether a direction moves hidden cells only."""
        found = self._allowed.get(number)
        if found is None:
            found = self._allowed[number] = bool(self.hidden[direction.cell].all())
        return found

    def _meet(self, demand: Demand) -> Direction | None:
        """A direction among the hidden cells, or among those and what must be added to them."""
        if not demand.without:
            for number, direction in self.prover.known(demand.cell, demand.sign):
                if self._possible(number, direction):
                    return direction
        for _ in range(STEPS):
            lacking: list[Needs] = []
            for sign in (demand.sign,) if demand.sign else (1, -1):
                found = self._move(demand, sign)
                if isinstance(found, Direction):
                    return found
                if found is not None:
                    lacking.append(found)
            decided = len(lacking) == (1 if demand.sign else 2)
            self.cuts.extend(self._cuts(lacking) if decided else [])
            if not self.mend:
                return None
            if not decided:
                break
            self._add(self._cheapest(lacking))
        return self._by_program(demand)

    def _cheapest(self, lacking: list[Needs]) -> int:
        """The column, not chosen yet, that costs least for what it carries."""
        best, column = float("inf"), NEITHER
        for needs in lacking:
            for j, capacity in zip(needs.column, needs.capacity, strict=True):
                price = int(self.prover.choice.cost[j]) / min(1.0, capacity / needs.rest)
                if not self.chosen[j] and price < best:
                    best, column = price, j
        return column

    def _add(self, columns: int | Integers) -> None:
        self.chosen[columns] = True
        self._look()

    def _by_program(self, demand: Demand) -> Direction | None:
        """The cheapest way at once, where step by step is too long or floating point and integers disagree."""
        choice = self.prover.choice
        usable = choice.movable & ~np.isin(choice.system.owner, demand.without)
        for sign in (demand.sign,) if demand.sign else (1, -1):
            found = self.prover.programs().direction(demand.cell, demand.level, sign, self.hidden, usable)
            if found is not None:
                columns = choice.column[found.cell]
                self._add(columns[columns != NEITHER])
                self.prover.learn(found)
                return found
        self.undecided.append(demand.cell)
        return None

    def _move_either(self, demand: Demand) -> Direction | None:
        """A direction without several contributors at once, which need not exist."""
        for sign in (1, -1):
            attack = self.prover.attacker.attack(demand.cell, sign, demand.level, demand.without, self.exactly)
            found = self._direction(demand, sign, attack)
            if found is not None:
                return found
        return None

    def _move(self, demand: Demand, sign: int) -> Direction | Needs | None:
        """A direction, or what is needed besides; None where floating point and integers do not come together."""
        attacker = self.prover.attacker
        for wide in WIDTHS:
            attack = attacker.attack(demand.cell, sign, demand.level, demand.without, self.exactly, wide)
            found = self._direction(demand, sign, attack)
            if found is not None or attack is None:
                return found
            needs = needs_of(self.prover.choice, attacker, demand, sign, attack.multiplier)
            if needs is not None and exclusion([needs], self.chosen) is not None:
                return self._sharper(demand, sign, wide) or needs
        return None

    def _direction(self, demand: Demand, sign: int, attack: Attack | None) -> Direction | None:
        """What a program proposes, made short and exact, and remembered."""
        if attack is None or attack.reach < 1 - NEAR:
            return None
        question = (demand.cell, sign, demand.level)
        allowed = self.hidden & ~np.isin(self.prover.choice.system.owner, demand.without)
        short = self.prover.shortener.shortest(*question, demand.without, self.exactly)
        for amounts in (short, attack.amount):
            if amounts is not None:
                found = self.prover.attacker.direction(amounts, *question, allowed)
                if found is not None:
                    self.prover.learn(found)
                    return found
        return None

    def _sharper(self, demand: Demand, sign: int, wide: float) -> Needs | None:
        """Needs that count few shown cells, if they too exclude the choice."""
        attacker = self.prover.attacker
        attack = attacker.attack(demand.cell, sign, demand.level, demand.without, self.faintly, wide)
        if attack is None:
            return None
        needs = needs_of(self.prover.choice, attacker, demand, sign, attack.multiplier)
        return needs if needs is not None and exclusion([needs], self.chosen) is not None else None

    def _cuts(self, lacking: list[Needs]) -> list[Cut]:
        choice = self.chosen.astype(np.float64)
        cuts = [exclusion(lacking, self.chosen)]
        if len(lacking) == 1:
            cuts += [capacity_cut(lacking[0]), cover_cut(lacking[0], choice)]
        else:
            cuts.append(either(capacity_cut(lacking[0]), capacity_cut(lacking[1])))
        return [cut for cut in cuts if cut is not None]


def directions_of(witnesses: Witnesses) -> list[Direction]:
    """Both directions of each witness, without the cells they do not move."""
    found = []
    for row, scale in enumerate(witnesses.scale.tolist()):
        part = slice(witnesses.start[row], witnesses.start[row + 1])
        for amounts in (witnesses.up[part], witnesses.down[part]):
            moved = amounts != 0
            if moved.any():
                found.append(Direction(witnesses.cell[part][moved], amounts[moved], scale))
    return found


def witnesses_of(proven: Sequence[Proven]) -> Witnesses:
    """The same proofs in the checker's form."""
    pairs = [(each.rise, each.fall) for each in proven]
    pairs += [(guard, NOWHERE) for each in proven for guard in each.guards]
    joined = [_joined(*pair) for pair in pairs]
    columns = [np.concatenate([np.zeros(0, np.int64), *(each[k] for each in joined)]) for k in range(3)]
    cells = np.array([each.cell for each in proven], dtype=np.int64)
    counts = [len(each.guards) for each in proven]
    return Witnesses(
        start=np.cumsum([0, *(len(each[0]) for each in joined)]).astype(np.int64),
        cell=columns[0],
        up=columns[1],
        down=columns[2],
        scale=np.array([each[3] for each in joined], dtype=np.int64),
        primary=cells,
        first=np.arange(len(cells), dtype=np.int64),
        guarded=np.repeat(cells, counts),
        guard=np.arange(len(cells), len(joined), dtype=np.int64),
    )


def _joined(one: Direction, other: Direction) -> tuple[Integers, Integers, Integers, int]:
    """Two directions over the same cells and one scale."""
    moved = np.union1d(one.cell, other.cell)
    scale = lcm(one.scale, other.scale)
    columns = []
    for direction in (one, other):
        column = np.zeros(len(moved), dtype=np.int64)
        column[np.searchsorted(moved, direction.cell)] = direction.amount * (scale // direction.scale)
        columns.append(column)
    return moved, columns[0], columns[1], scale
