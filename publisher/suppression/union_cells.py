"""Unions of cells as if they were cells: the columns that the rules look at, from those of the cells they unite.

Of each cell the two largest contributors are known. What another contributor of cell i has is at most u_i: 0 where
the cell has no third one, else the smaller of its second largest contribution and of what the two largest leave of
it. So a trader has in the union at most the sum of its known contributions, and of u_i where it is not known. This is
exact where no cell has three contributors, and otherwise too large: a level that follows is never too low.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.system import Integers, Mask

OTHERS = -1  # stands for any contributor that no cell names


@dataclass(frozen=True)
class Groups:
    """Rows of a table that are looked at together: group g has the rows row[start[g] : start[g + 1]]."""

    start: Integers
    row: Integers

    def __len__(self) -> int:
        return len(self.start) - 1

    @property
    def group(self) -> Integers:
        """int64[entries]: the group of each row."""
        return np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))

    def joined(self, other: "Groups") -> "Groups":
        return Groups(
            np.concatenate([self.start, self.start[-1] + other.start[1:]]), np.concatenate([self.row, other.row])
        )

    def sums(self, of_rows: Integers) -> Integers:
        """int64[groups]"""
        running = np.concatenate([[0], np.cumsum(of_rows[self.row])])
        return np.asarray(running[self.start[1:]] - running[self.start[:-1]], dtype=np.int64)

    def largest(self, of_rows: Integers) -> Integers:
        """int64[groups], 0 at least."""
        most = np.zeros(len(self), dtype=np.int64)
        np.maximum.at(most, self.group, of_rows[self.row])
        return most


@dataclass(frozen=True)
class _Shares:
    """What contributors have in groups, by falling size in each: one entry a (group, contributor), OTHERS included.

    begin   int64[groups]    where the entries of each group begin
    """

    begin: Integers
    group: Integers
    amount: Integers
    claims: Mask

    def at(self, place: int | Integers) -> Integers:
        """int64[groups]: the amount at a place, from 0."""
        found: Integers = self.amount[self.begin + place]
        return found


def column(cells: pa.Table, name: str) -> Integers:
    return np.asarray(cells.column(name).to_numpy(), dtype=np.int64)


def as_cells(table: ConfidentialTable, measure: str, groups: Groups, rules: SuppressionRules) -> pa.Table:
    """One row a group, with the columns of ConfidentialTable that rules on `measure` look at."""
    cells, ranks = table.cells, rules.largest_needed
    total = groups.sums(column(cells, measure))
    shares, named = _shares(cells, measure, groups, ranks)
    claimant, rival = _claimed(shares, len(groups))
    claimant = np.minimum(claimant, total)
    columns = {each.id: groups.sums(column(cells, each.id)) for each in table.structure.measures}
    columns |= {
        f"{measure}_claimant": claimant,
        f"{measure}_rival": np.minimum(rival, total - claimant),
        "contributors": np.maximum(named, groups.largest(column(cells, "contributors"))),
        "claimants": groups.largest(column(cells, "claimants")),
    }
    left = total
    for rank in range(ranks):
        columns[f"{measure}_largest_{rank + 1}"] = np.minimum(shares.at(rank), left)
        left = left - columns[f"{measure}_largest_{rank + 1}"]
    if f"{measure}_request" in cells.column_names:
        columns[f"{measure}_request"] = groups.sums(column(cells, f"{measure}_request"))
    controlled = groups.largest(column(cells, "controlled")) > 0
    return pa.table({name: pa.array(own) for name, own in (columns | {"controlled": controlled}).items()})


def _shares(cells: pa.Table, measure: str, groups: Groups, ranks: int) -> tuple[_Shares, Integers]:
    """The contributors of each group; and how many of them are known. OTHERS stands `ranks` times in each group."""
    unknown = _unknown(cells, measure)
    rest = groups.sums(unknown)
    parts = [_of_place(cells, measure, groups, place, unknown) for place in (1, 2)]
    group, trader, more, claims = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = np.lexsort((trader, group))
    begins = _begins(group[order], trader[order])
    start = np.flatnonzero(begins)
    group = group[order][start]
    amount = rest[group] + (np.add.reduceat(more[order], start) if len(start) else more)
    claims = np.maximum.reduceat(claims[order], start) if len(start) else claims
    named = np.bincount(group, minlength=len(groups)).astype(np.int64)
    others = np.repeat(np.arange(len(groups)), ranks)
    asking = groups.largest(((column(cells, "claimants") > 0) & (column(cells, "contributors") > 2)).astype(np.int64))
    group, amount = np.concatenate([group, others]), np.concatenate([amount, rest[others]])
    claims = np.concatenate([claims, asking[others]])
    order = np.lexsort((-claims, -amount, group))
    begin = np.concatenate([[0], np.cumsum(named + ranks)])[:-1].astype(np.int64)
    return _Shares(begin, group[order], amount[order], claims[order] > 0), named


def _unknown(cells: pa.Table, measure: str) -> Integers:
    """u_i: the most that a contributor has who is neither the largest nor the second largest."""
    first, second = column(cells, f"{measure}_largest_1"), column(cells, f"{measure}_largest_2")
    most = np.minimum(second, column(cells, measure) - first - second)
    return np.where(column(cells, "contributors") > 2, most, 0)


def _of_place(
    cells: pa.Table, measure: str, groups: Groups, place: int, unknown: Integers
) -> tuple[Integers, Integers, Integers, Integers]:
    """One entry a row with a contributor at this place: group, trader, amount beyond u_i, whether it may claim."""
    trader, amount = column(cells, f"contributor_{place}"), column(cells, f"{measure}_largest_{place}")
    claimant, claimants = column(cells, f"{measure}_claimant"), column(cells, "claimants")
    claims = (claimants > 0) & ((claimant == amount) | ((claimant > amount) & (claimants > 1)))
    there = trader[groups.row] > 0
    row = groups.row[there]
    return groups.group[there], trader[row], (amount - unknown)[row], claims[row].astype(np.int64)


def _claimed(shares: _Shares, count: int) -> tuple[Integers, Integers]:
    """int64[groups]: the largest amount of one that may claim, and the largest of anyone else."""
    claimant, place = np.zeros(count, dtype=np.int64), np.full(count, -1, dtype=np.int64)
    asking = np.flatnonzero(shares.claims)[::-1]  # the largest of each group is written last
    claimant[shares.group[asking]] = shares.amount[asking]
    place[shares.group[asking]] = asking
    if not count:
        return claimant, claimant
    return claimant, np.where(place == shares.begin, shares.at(1), shares.at(0))


def _begins(group: Integers, trader: Integers) -> Mask:
    begins = np.ones(len(group), dtype=np.bool_)
    begins[1:] = (np.diff(group) != 0) | (np.diff(trader) != 0)
    return begins
