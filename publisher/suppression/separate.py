"""Cuts that a fractional choice misses: rows of the table first, then the attacker's programs."""

from collections.abc import Callable, Sequence

import numpy as np

from publisher.suppression.attacker import NEAR, Attacker, Floats
from publisher.suppression.choice import NEITHER, Choice, Demand, guard_demand, level_demands
from publisher.suppression.cuts import UNIT, Cut, Needs, capacity_cut, cover_cut, either, needs_of

VIOLATED = 0.01  # what a cut must lack to be worth a row
FAINT = 1e-3  # how much of a shown cell the attacker may use: prefers cuts of few cells
REST = 3  # rounds that a primary without violated cuts is left in peace, at most
AT_ONCE = 3  # cuts a primary gives in one round against insiders


class Separator:
    """Finds cuts round by round; remembers which primaries gave none lately."""

    def __init__(self, choice: Choice, attacker: Attacker, primaries: Sequence[int]) -> None:
        self.choice = choice
        self.attacker = attacker
        self._calm = dict.fromkeys(primaries, 0)
        self._rounds = 0

    def equations(self) -> list[Cut]:
        """For each primary and each equation of it: the others must be able to balance it."""
        cuts = []
        multiplier = np.zeros(self.attacker.matrix.shape[0])
        for cell in self._calm:
            column = self.attacker.matrix[:, int(np.searchsorted(self.attacker.cells, cell))]
            for equation, entry in zip(column.indices.tolist(), column.data.tolist(), strict=True):
                for demand in level_demands(self.choice, cell):
                    multiplier[equation] = demand.sign * entry
                    needs = needs_of(self.choice, self.attacker, demand, demand.sign, multiplier)
                    if needs is not None:
                        cuts.append(capacity_cut(needs))
                multiplier[equation] = 0.0
        return cuts

    def bridges(self, chosen: Floats) -> list[Cut]:
        """A secondary alone in an equation cannot move, so no least choice hides it: x_j <= sum of the others.

        Of ties of one movable cell only.
        """
        share = self.choice.share(chosen)[self.attacker.cells]
        matrix = abs(self.attacker.matrix)
        sums = matrix @ share
        column = self.choice.column[self.attacker.cells]
        alone = (np.bincount(column + 1, minlength=len(self.choice.tie) + 1)[column + 1] == 1) & (column != NEITHER)
        by_row = matrix.tocsr()
        cuts = []
        for place in np.flatnonzero(alone & (share > VIOLATED)).tolist():
            for equation in matrix.indices[matrix.indptr[place] : matrix.indptr[place + 1]].tolist():
                if 2 * share[place] - sums[equation] > VIOLATED:
                    members = by_row.indices[by_row.indptr[equation] : by_row.indptr[equation + 1]]
                    others = np.setdiff1d(column[members], [column[place]])
                    cuts.append(_bridge(int(column[place]), others))
        return cuts

    def programs(self, chosen: Floats, *, everybody: bool, over: Callable[[], bool] = lambda: False) -> list[Cut]:
        """Cuts from the attacker's programs, as far as there is time."""
        self._rounds += 1
        share = self.choice.share(np.maximum(chosen, FAINT))
        cuts: list[Cut] = []
        for cell, calm in self._calm.items():
            if over():
                break
            if everybody or self._rounds % (1 + min(calm, REST)) == 0:
                found = self._of_primary(cell, chosen, share)
                self._calm[cell] = 0 if found else calm + 1
                cuts += found
        return cuts

    def _of_primary(self, cell: int, chosen: Floats, share: Floats) -> list[Cut]:
        cuts: list[Cut] = []
        known: set[int] = set()
        for demand in level_demands(self.choice, cell):
            reach, needs, used = self._attack(demand, demand.sign, share)
            known |= used
            if reach < 1 - VIOLATED and needs is not None:
                options = (capacity_cut(needs), cover_cut(needs, chosen))
                cuts += [cut for cut in options if cut.lack(chosen) > VIOLATED]
        known -= {0, int(self.choice.system.owner[cell])}
        return (
            cuts if cuts or not self.choice.insiders or not known else self._of_insiders(cell, known, chosen, share)
        )

    def _of_insiders(self, cell: int, known: set[int], chosen: Floats, share: Floats) -> list[Cut]:
        """Cuts for contributors who know a cell that the primary's movement used."""
        together = guard_demand(self.choice, cell, tuple(sorted(known)))
        if together.level == 0 or any(self._attack(together, sign, share)[0] >= 1 - NEAR for sign in (1, -1)):
            return []
        cuts: list[Cut] = []
        for contributor in sorted(known):
            demand = guard_demand(self.choice, cell, (contributor,))
            ways = []
            for sign in (1, -1):
                reach, needs, _ = self._attack(demand, sign, share)
                if reach >= 1 - VIOLATED or needs is None:
                    break
                ways.append(capacity_cut(needs))
            else:
                cut = either(*ways)
                cuts += [cut] if cut.lack(chosen) > VIOLATED else []
            if len(cuts) >= AT_ONCE:
                break
        return cuts

    def _attack(self, demand: Demand, sign: int, share: Floats) -> tuple[float, Needs | None, set[int]]:
        """Reach, needs, and the contributors of cells moved."""
        attack = self.attacker.attack(demand.cell, sign, demand.level, demand.without, share)
        if attack is None:
            return 1.0, None, set()
        used = set(self.attacker.owner[np.abs(attack.amount) > NEAR].tolist())
        if attack.reach >= 1 - NEAR:
            return attack.reach, None, used
        return attack.reach, needs_of(self.choice, self.attacker, demand, sign, attack.multiplier), used


def _bridge(column: int, others: np.ndarray[tuple[int], np.dtype[np.int64]]) -> Cut:
    columns = np.append(others, column)
    weight = np.append(np.full(len(others), UNIT), -UNIT)
    order = np.argsort(columns)
    return Cut(columns[order], weight[order].astype(np.int64), 0)
