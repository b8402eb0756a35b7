"""The pattern of the edition before: what was hidden then costs less to hide now. Read from published files alone.

Readers follow a cell from month to month. Two patterns that protect equally well at nearly the same cost differ for
them: the one that keeps to last month's cells leaves whole series of months, the other leaves holes in many.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from publisher.model.protected import ProtectedTable
from publisher.model.structure import TableStructure
from publisher.suppression.assemble import Assembly, Demand
from publisher.suppression.shown import ShownTable, as_shown, nodes_of, rows_in
from publisher.suppression.system import LARGEST_COST, AdditiveSystem, Integers, Mask


@dataclass(frozen=True)
class StatusChanges:
    """How a table's pattern differs from the one before, over the cells that both have a row for.

    A cell is newly hidden (shown) where one of its numbers is.
    """

    query: str
    common: int
    newly_hidden: int
    newly_shown: int

    @property
    def changed(self) -> int:
        return self.newly_hidden + self.newly_shown


def prefer_pattern(assembly: Assembly, demands: Sequence[Demand], before: Sequence[ShownTable]) -> AdditiveSystem:
    """The system with cells hidden `before` cheaper: by the share `stability` of their query's rules, rounded up.

    Cells are the same where query, measure and codes are, whatever the period. A cell of several tables takes the
    largest share. Nothing costs less than 1; what is tied costs the same, and loses the same.
    """
    system = assembly.system
    known = {table.id: table for table in before}
    costs = system.costs.copy()
    for part in assembly.parts:
        table, rules = demands[part.table]
        shown = known.get(table.structure.id)
        leads = part.measure == part.leader  # a quantity may have been hidden alone: its value is no cheaper for that
        if shown is not None and leads and part.measure in shown.measures and rules.stability:
            nodes = nodes_of(table.structure, table.cells)
            hidden = part.variables[hidden_rows(shown, table.structure, nodes, part.measure)]
            costs[hidden] = np.minimum(costs[hidden], _reduced(system.costs[hidden], rules.stability))
    least = np.full(system.cells, LARGEST_COST, dtype=np.int64)
    np.minimum.at(least, system.tie, costs)
    return replace(system, costs=least[system.tie])


def _reduced(costs: Integers, stability: Fraction) -> Integers:
    """costs * (1 - stability), rounded up, at least 1; exact."""
    kept = 1 - stability
    exact = [max(1, -(-cost * kept.numerator // kept.denominator)) for cost in costs.tolist()]
    return np.array(exact, dtype=np.int64)


def hidden_rows(shown: ShownTable, structure: TableStructure, nodes: Sequence[Integers], measure: str) -> Mask:
    """bool[rows of nodes]: the published table has this cell, with the measure hidden."""
    rows = rows_in(shown, structure, nodes)
    hidden = np.zeros(len(nodes[0]), dtype=np.bool_)
    hidden[rows[(rows >= 0) & shown.hidden[shown.measures.index(measure)]]] = True
    return hidden


def status_changes(tables: Sequence[ProtectedTable], before: Sequence[ShownTable]) -> tuple[StatusChanges, ...]:
    """One entry for each suppression table that the edition before has too."""
    known: Mapping[str, ShownTable] = {table.id: table for table in before}
    return tuple(_changes(table, known[table.structure.id]) for table in tables if table.structure.id in known)


def _changes(table: ProtectedTable, before: ShownTable) -> StatusChanges:
    now = as_shown(table)
    rows = rows_in(before, table.structure, nodes_of(table.structure, table.cells))
    common = rows >= 0
    pairs = [(then[common], here[rows[common]]) for then, here in _both(before, now)]
    none = np.zeros(np.count_nonzero(common), dtype=np.bool_)
    hidden = np.any([none, *(here & ~then for then, here in pairs)], axis=0)
    shown = np.any([none, *(then & ~here for then, here in pairs)], axis=0)
    return StatusChanges(table.structure.id, len(none), int(np.count_nonzero(hidden)), int(np.count_nonzero(shown)))


def _both(before: ShownTable, now: ShownTable) -> Iterator[tuple[Mask, Mask]]:
    """What of each measure that both have is hidden, before and now."""
    for measure, hidden in zip(now.measures, now.hidden, strict=True):
        if measure in before.measures:
            yield before.hidden[before.measures.index(measure)], hidden
