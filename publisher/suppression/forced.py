"""Which primary cells forced which secondary cells: read off the witnesses. Confidential throughout.

A primary cell *uses* a secondary cell if one of its witnesses (of its levels, or a guard against insiders) moves
it. Cells are told apart by their tie: value and mass of one cell are one, hidden together.

Primary cells that use exactly the same secondary cells are *linked*: one protection (a heading with a single
subheading, say, and all cells of one long cycle).

Nothing is computed again without a primary, for that would take a pattern each. So the attribution is that of
the witnesses at hand: another pattern, with other witnesses, may have hidden other cells. For these witnesses two
figures are exact:

- *alone*: the value of the secondary cells that only this protection uses. If its primary cells stayed hidden but
  needed no protection, all of them could be shown at once: every other witness would still be one.
- *share*: each secondary cell's value, divided equally among the primaries that use it. It is the Shapley value of
  the game in which a set of primaries costs the secondaries that any of them uses (a sum of games, one a secondary,
  each symmetric in its users and indifferent to the others; Shapley, A value for n-person games, 1953). Shares of all
  primaries add up to the value of all secondaries that are used.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status
from publisher.suppression.witness import Witnesses

FREE = (Status.CANDIDATE, Status.ZERO)  # hidden for others' sake, if at all


@dataclass(frozen=True)
class Uses:
    """Pairs of ties of the system, each once, sorted by primary, then secondary.

    primary, secondary   int64[u]  this primary cell uses this secondary cell
    unused               int64[s]  secondary cells that no witness moves: a longer clean-up would show them again
    """

    primary: Integers = field(repr=False)
    secondary: Integers = field(repr=False)
    unused: Integers = field(repr=False)

    def secondaries_of(self, primary: int) -> Integers:
        """The secondary cells that one primary cell uses, by number."""
        return self.secondary[slice(*np.searchsorted(self.primary, (primary, primary + 1)))]

    def primaries_of(self, secondary: int) -> Integers:
        """The primary cells that use one secondary cell, by number."""
        order, ordered = self._by_secondary
        return self.primary[order[slice(*np.searchsorted(ordered, (secondary, secondary + 1)))]]

    @cached_property
    def _by_secondary(self) -> tuple[Integers, Integers]:
        order = np.argsort(self.secondary, kind="stable")
        return order, self.secondary[order]


@dataclass(frozen=True)
class Burden:
    """What protections cost, one entry a protection that uses a secondary cell of value above 0.

    primary  of each, its primary cells (ties), by number
    share    float64[k]  the value of each secondary it uses, by its part in the users
    alone    int64[k]    value of the secondaries that it alone uses
    """

    primary: tuple[Integers, ...] = field(repr=False)
    share: npt.NDArray[np.float64] = field(repr=False)
    alone: Integers = field(repr=False)

    def dearest(self, number: int) -> Integers:
        """The places of the entries with the largest shares, int64; where they are equal, the lower number first."""
        return np.asarray(np.argsort(-self.share, kind="stable")[:number], dtype=np.int64)


def unsafe_ties(system: AdditiveSystem) -> Mask:
    """bool[n]: ties that hold a cell hidden for its own sake."""
    unsafe = np.zeros(system.cells, dtype=np.bool_)
    unsafe[system.tie[~np.isin(system.status, FREE)]] = True
    return unsafe


def uses_of(system: AdditiveSystem, suppressed: Mask, witnesses: Witnesses) -> Uses:
    """Reads all witnesses once: time and memory grow with the entries that move secondary cells."""
    secondary = suppressed & ~unsafe_ties(system)[system.tie]
    start, moved = _secondaries_moved(system, secondary, witnesses)
    known = witnesses.first >= 0
    primary = system.tie[np.concatenate([witnesses.primary[known], witnesses.guarded])]
    witness = np.concatenate([witnesses.first[known], witnesses.guard])
    counts = start[witness + 1] - start[witness]
    entry = np.arange(counts.sum()) + np.repeat(start[witness] - np.cumsum(counts) + counts, counts)
    size = max(1, system.cells)
    pairs = _distinct(np.repeat(primary, counts) * size + moved[entry])
    return Uses(pairs // size, pairs % size, np.setdiff1d(system.tie[secondary], pairs % size))


def burden(uses: Uses, worth: Integers) -> Burden:
    """What each protection costs, where hiding the secondary cell (tie) t costs `worth[t]`, int64[n].

    Uses of secondary cells that are worth nothing here (those of other measures, for instance) are left out.
    """
    counted = worth[uses.secondary] > 0
    primary, secondary = uses.primary[counted], uses.secondary[counted]
    users = np.bincount(secondary, minlength=len(worth))
    found = _linked(primary, secondary)
    costs = [worth[used] for _, used in found]
    parts = [len(members) / users[used] for members, used in found]
    return Burden(
        primary=tuple(members for members, _ in found),
        share=np.array([(cost * part).sum() for cost, part in zip(costs, parts, strict=True)], dtype=np.float64),
        alone=np.array([cost[part == 1].sum() for cost, part in zip(costs, parts, strict=True)], dtype=np.int64),
    )


def _linked(primary: Integers, secondary: Integers) -> list[tuple[Integers, Integers]]:
    """(primaries, the secondaries that each of them uses) of each protection, by the lowest primary."""
    ties, start = np.unique(primary, return_index=True)
    same: dict[bytes, tuple[list[int], Integers]] = {}
    for tie, used in zip(ties.tolist(), np.split(secondary, start[1:]), strict=False):
        same.setdefault(used.tobytes(), ([], used))[0].append(tie)
    return [(np.array(members, dtype=np.int64), used) for members, used in same.values()]


def _distinct(numbers: Integers) -> Integers:
    """Sorted, each once."""
    ordered = np.sort(numbers)
    return ordered[np.diff(ordered, prepend=-1) > 0]


def _secondaries_moved(system: AdditiveSystem, secondary: Mask, witnesses: Witnesses) -> tuple[Integers, Integers]:
    """The ties of the secondary cells that each witness moves, as compressed rows: start int64[w + 1], tie."""
    moving = secondary[witnesses.cell] & ((witnesses.up != 0) | (witnesses.down != 0))
    row = np.repeat(np.arange(len(witnesses.scale)), np.diff(witnesses.start))[moving]
    start = np.searchsorted(row, np.arange(len(witnesses.scale) + 1))
    return start.astype(np.int64), system.tie[witnesses.cell[moving]]
