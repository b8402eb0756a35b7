"""Better patterns by small exact searches: one dear secondary and what might replace it, everything else as it is.

A block is a set of ties. Outside it, hidden cells stay hidden and shown cells shown. Primaries whose directions move
no hidden cell of the block stay proven; the others (its users) are protected anew, at the least cost that is found
within fixed limits. The result is taken only if it is cheaper, so a pattern never gets dearer; every user comes with
new directions, so it stays proven. Limits count steps, not seconds: the same system gives the same pattern, unless
a time limit ends it.
"""

from dataclasses import replace

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.choice import Choice, make_choice, matrix_of, movable_cells
from publisher.suppression.exact import Limits, Proposal, Search
from publisher.suppression.program import Direction
from publisher.suppression.proof import Proven, witnesses_of
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses

MOST_TIES = 150  # that a block may decide
MOST_CELLS = 1500  # that may move for it
MOST_USERS = 40  # primaries that are protected anew
ROUNDS, SEARCHES, NODES = 30, 4, 300
WORK = 20_000_000  # cells times blocks, so that large systems try fewer blocks
FEWEST_BLOCKS, MOST_BLOCKS = 10, 120


def improve_blocks(
    system: AdditiveSystem, start: Proposal, *, insiders: bool, limits: Limits, progress: Progress = NO_PROGRESS
) -> Proposal:
    """A pattern that costs what `start` costs, or less; the dearest secondaries are tried first."""
    steps = replace(limits, rounds=ROUNDS, searches=SEARCHES, nodes=NODES, confirming=0)
    state = _State(system, start, insiders)
    most = max(FEWEST_BLOCKS, min(MOST_BLOCKS, WORK // max(1, system.cells)))
    tried: set[int] = set()
    while len(tried) < most and not limits.over():
        left = [tie for tie in state.secondaries() if tie not in tried]
        if not left:
            break
        tried.add(left[0])
        state.improve(left[0], steps)
        progress("improve blocks", len(tried), most)
    return state.proposal()


class _State:
    """A pattern in the making.

    hidden   bool[n]  by tie
    proofs   of each primary
    users    tie -> the primaries whose directions move a cell of it; ties that are paid for only
    """

    def __init__(self, system: AdditiveSystem, start: Proposal, insiders: bool) -> None:
        self.system, self.insiders = system, insiders
        self.movable, _, self.free = movable_cells(system)
        self.matrix = matrix_of(system)
        self.equations = self.matrix.tocsr()
        self.hidden = np.zeros(system.cells, dtype=np.bool_)
        self.hidden[system.tie[start.suppressed]] = True
        self.proofs: dict[int, Proven] = {}
        self.users: dict[int, set[int]] = {}
        for proven in proofs_of(start.witnesses):
            self._enter(proven)

    def _enter(self, proven: Proven) -> None:
        """Puts new directions of a primary in the place of its old ones."""
        for tie in self.proofs[proven.cell].columns if proven.cell in self.proofs else ():
            self.users[tie].discard(proven.cell)
        moved = _cells_of(proven)
        ties = frozenset(self.system.tie[moved[self.free[moved]]].tolist())
        self.proofs[proven.cell] = replace(proven, columns=ties)
        for tie in ties:
            self.users.setdefault(tie, set()).add(proven.cell)

    def secondaries(self) -> list[int]:
        """Hidden ties that are paid for, dearest first."""
        ties = np.unique(self.system.tie[self.free & self.hidden[self.system.tie]])
        ordered: list[int] = ties[np.lexsort((ties, -self.system.costs[ties]))].tolist()
        return ordered

    def improve(self, tie: int, limits: Limits) -> None:
        """Searches the block of one secondary, and takes what is cheaper."""
        block = self._block(tie)
        start = self.hidden[block.tie]
        known = [each for cell in block.primaries.tolist() for each in _directions(self.proofs[cell])]
        outcome = Search(block, start, known, limits).run()
        if not outcome.proven or outcome.cost >= block.cost_of(start):
            return
        self.hidden[block.tie] = outcome.chosen
        for proven in outcome.proven:
            self._enter(proven)

    def _block(self, tie: int) -> Choice:
        """The tie, ties beside the directions of its users, and the cells that may carry them."""
        near = self._beside(self.users.get(tie, set()) | set(np.flatnonzero(self.system.tie == tie).tolist()))
        candidates = np.unique(self.system.tie[near[self.free[near]]])
        shown = candidates[~self.hidden[candidates]]
        shown = shown[np.lexsort((shown, self.system.costs[shown]))][:MOST_TIES]
        dropped, users = self._replaced(tie, candidates[self.hidden[candidates]])
        chosen = np.union1d(shown, dropped).astype(np.int64)
        carrying = self._carrying(near, users)
        deciding = np.isin(self.system.tie, chosen) & self.free
        return make_choice(
            self.system,
            self.matrix,
            (carrying | deciding) & self.movable,
            carrying & ~deciding,
            chosen,
            np.array(sorted(users), dtype=np.int64),
            insiders=self.insiders,
        )

    def _beside(self, primaries: set[int]) -> Integers:
        """Cells on two equations or more of the directions of some primaries: ways round lead through them."""
        moved = [_cells_of(self.proofs[cell]) for cell in sorted(primaries) if cell in self.proofs]
        cells = np.unique(np.concatenate([np.array(sorted(primaries), dtype=np.int64), *moved]))
        equations = np.unique(self.matrix[:, cells].indices)
        met = np.bincount(self.equations[equations].indices, minlength=self.system.cells)
        enough = np.minimum(2, np.diff(self.matrix.indptr))
        return np.flatnonzero(self.movable & (met >= enough) & (met > 0))

    def _replaced(self, tie: int, hidden: Integers) -> tuple[Integers, set[int]]:
        """Secondaries that the block may show, dearest first while their users are few; and those users."""
        dropped, users = [tie], set(self.users.get(tie, set()))
        for other in hidden[np.lexsort((hidden, -self.system.costs[hidden]))].tolist():
            together = users | self.users.get(other, set())
            if other != tie and len(together) <= MOST_USERS and len(dropped) < MOST_TIES:
                dropped.append(other)
                users = together
        return np.array(dropped, dtype=np.int64), users

    def _carrying(self, near: Integers, users: set[int]) -> Mask:
        """bool[n]: hidden cells that may move: those that the users move now, and the largest others nearby."""
        carrying = np.zeros(self.system.cells, dtype=np.bool_)
        for cell in users:
            carrying[_cells_of(self.proofs[cell])] = True
        hidden = near[self.hidden[self.system.tie[near]]]
        largest = hidden[np.lexsort((hidden, -self.system.values[hidden]))]
        carrying[largest[:MOST_CELLS]] = True
        return carrying

    def proposal(self) -> Proposal:
        suppressed = self.hidden[self.system.tie] & (self.system.status != Status.ZERO)
        proofs = [self.proofs[cell] for cell in sorted(self.proofs)]
        return Proposal(np.asarray(suppressed, dtype=np.bool_), witnesses_of(proofs))


def _directions(proven: Proven) -> tuple[Direction, ...]:
    return (proven.rise, proven.fall, *proven.guards)


def _cells_of(proven: Proven) -> Integers:
    """The cells that a primary's directions move, and the primary itself."""
    own = np.array([proven.cell], dtype=np.int64)
    return np.unique(np.concatenate([own, *(each.cell for each in _directions(proven))]))


def proofs_of(witnesses: Witnesses) -> list[Proven]:
    """The checker's form, primary by primary. Of a guard only the direction that moves its primary more."""
    guards: dict[int, list[Direction]] = {}
    for cell, row in zip(witnesses.guarded.tolist(), witnesses.guard.tolist(), strict=True):
        ways = _two_of(witnesses, row)
        guards.setdefault(cell, []).append(max(ways, key=lambda way: abs(_move_of(way, cell))))
    proofs = []
    for cell, row in zip(witnesses.primary.tolist(), witnesses.first.tolist(), strict=True):
        fall, rise = sorted(_two_of(witnesses, row), key=lambda way: _move_of(way, cell))
        proofs.append(Proven(cell, rise, fall, tuple(guards.get(cell, ())), frozenset()))
    return proofs


def _two_of(witnesses: Witnesses, row: int) -> list[Direction]:
    """Both directions of a witness, without the cells they do not move."""
    part = slice(int(witnesses.start[row]), int(witnesses.start[row + 1]))
    cells, scale = witnesses.cell[part], int(witnesses.scale[row])
    both = (witnesses.up[part], witnesses.down[part])
    return [Direction(cells[amounts != 0], amounts[amounts != 0], scale) for amounts in both]


def _move_of(direction: Direction, cell: int) -> int:
    return int(direction.amount[direction.cell == cell].sum())
