"""The dearest protections: primary cells with the secondary cells they use, and the other way round. Confidential."""

from dataclasses import dataclass, field

import numpy as np

from publisher.suppression.forced import Uses, burden
from publisher.suppression.marked import MarkedCells
from publisher.suppression.primary import PrimaryCells, Rule
from publisher.suppression.system import AdditiveSystem, Integers

NAMED = 10  # how many of the cells that force one are named


@dataclass(frozen=True)
class NamedCell:
    """A cell by its codes; by table, period, codes and measure where it is another table's, with the edition too
    where it is a number that only an earlier edition has.

    rules  the rules that found it unsafe; () for a secondary cell, and for a primary by another table's rules
    uses   of a primary: how many secondary cells it uses; of a secondary: how many primary cells use it
    """

    codes: tuple[str, ...]
    rules: tuple[str, ...]
    uses: int
    value: int = field(repr=False)


@dataclass(frozen=True)
class Protection:
    """Linked primary cells, the largest first, and the secondary cells they use, dearest first.

    forced.py defines the two figures, both in units of the measure.
    """

    cells: tuple[NamedCell, ...]
    forced: tuple[NamedCell, ...]
    share: float = field(repr=False)
    alone: int = field(repr=False)


@dataclass(frozen=True)
class HiddenCell:
    """A secondary cell and the primary cells that use it, those of the largest level first, at most NAMED."""

    cell: NamedCell
    forced_by: tuple[NamedCell, ...]


@dataclass(frozen=True)
class Attribution:
    """The uses within one edition, seen from one measure of one table.

    system   over all editions of the period
    ties     int64[cells]  the tie of each row of the table
    primary  what the table's own rules found
    """

    system: AdditiveSystem
    uses: Uses
    cells: MarkedCells
    ties: Integers
    primary: PrimaryCells

    def dearest_protections(self, number: int) -> tuple[Protection, ...]:
        """The primary cells with the largest shares of the value of this table's secondary cells."""
        worth = self._worth()
        found = burden(self.uses, worth)
        return tuple(
            Protection(
                cells=self._named_all(found.primary[entry], self.system.values),
                forced=self._named_all(self._counted(int(found.primary[entry][0]), worth), worth),
                share=float(found.share[entry]),
                alone=int(found.alone[entry]),
            )
            for entry in found.dearest(number).tolist()
        )

    def dearest_hidden(self, number: int) -> tuple[HiddenCell, ...]:
        """The secondary cells of this table with the largest values."""
        rows = np.flatnonzero(self.cells.secondary)
        rows = rows[np.lexsort((rows, -self.cells.values[rows]))][:number]
        levels = self.system.upper_level
        return tuple(
            HiddenCell(self._named(tie), self._named_all(self.uses.primaries_of(tie), levels, NAMED))
            for tie in self.ties[rows].tolist()
        )

    def unused(self) -> int:
        """How many secondary cells of this table no witness moves."""
        return int(np.isin(self.uses.unused, self.ties).sum())

    def _worth(self) -> Integers:
        """int64[n]: the value of this table's secondary cells, at their ties; 0 elsewhere."""
        worth = np.zeros(self.system.cells, dtype=np.int64)
        worth[self.ties[self.cells.secondary]] = self.cells.values[self.cells.secondary]
        return worth

    def _counted(self, primary: int, worth: Integers) -> Integers:
        """The secondary cells that a primary uses and that are worth something here."""
        used = self.uses.secondaries_of(primary)
        return used[worth[used] > 0]

    def _named_all(self, ties: Integers, by: Integers, most: int | None = None) -> tuple[NamedCell, ...]:
        """The largest first, `by[tie]`; where they are equal, the lower number first."""
        return tuple(self._named(tie) for tie in ties[np.lexsort((ties, -by[ties]))][:most].tolist())

    def _named(self, tie: int) -> NamedCell:
        rows = np.flatnonzero(self.ties == tie)
        uses = len(self.uses.secondaries_of(tie)) + len(self.uses.primaries_of(tie))
        if not len(rows):
            return NamedCell(self.system.label(tie), (), uses, int(self.system.values[tie]))
        row = int(rows[0])
        fired = int(self.primary.fired[row])
        rules = tuple(rule_name(rule) for rule in Rule if fired & int(rule))
        return NamedCell(self.cells.codes(row), rules, uses, int(self.cells.values[row]))


def rule_name(rule: Rule) -> str:
    return str(rule.name).lower()


def by_rule(primary: PrimaryCells) -> tuple[tuple[str, int], ...]:
    """How many cells each rule found unsafe; a cell may count for several."""
    return tuple((rule_name(rule), int(np.count_nonzero(primary.fired & int(rule)))) for rule in Rule)
