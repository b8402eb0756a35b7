"""What the rules find in a table, before anything is protected: done in a moment. Confidential."""

from dataclasses import dataclass

import numpy as np

from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.dearest import by_rule
from publisher.suppression.marked import MarkedCells, by_level
from publisher.suppression.primary import Claims, find_primaries, judged_apart


@dataclass(frozen=True)
class Preview:
    """One rule measure of one table, or a quantity that is judged by claims of its own.

    by_rule  unsafe cells by the rule that fired (a cell may count twice)
    levels   (a combination of levels, its cells, those unsafe by themselves), coarse to fine
    """

    measure: str
    by_rule: tuple[tuple[str, int], ...]
    levels: tuple[tuple[tuple[str, ...], int, int], ...]


def preview_of(table: ConfidentialTable, rules: SuppressionRules) -> tuple[Preview, ...]:
    """One entry a measure that is judged by itself. Raises ProtectionError for negative values."""
    measures = tuple(measure.id for measure in table.structure.measures)
    found = []
    for measure in table.structure.measures:
        if measure.shadows is not None and not (measure.is_quantity and judged_apart(table.cells)):
            continue
        claims: Claims = "quantity" if measure.is_quantity else "value"
        primary = find_primaries(table.cells, measure.shadows or measure.id, measures, rules, claims=claims)
        nothing = np.zeros(len(table.cells), dtype=np.bool_)
        levels = by_level(MarkedCells.of(table, measure.id, primary.unsafe, nothing))
        counts = tuple((level.levels, level.cells, level.primary) for level in levels)
        found.append(Preview(measure.id, by_rule(primary), counts))
    return tuple(found)
