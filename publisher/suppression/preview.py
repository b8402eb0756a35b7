"""What the rules find in a table, before anything is protected: done in a moment. Confidential."""

from dataclasses import dataclass

import numpy as np

from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.dearest import by_rule
from publisher.suppression.marked import MarkedCells, by_level
from publisher.suppression.primary import find_primaries


@dataclass(frozen=True)
class Preview:
    """One rule measure of one table.

    by_rule  unsafe cells by the rule that fired (a cell may count twice)
    levels   (a combination of levels, its cells, those unsafe by themselves), coarse to fine
    """

    measure: str
    by_rule: tuple[tuple[str, int], ...]
    levels: tuple[tuple[tuple[str, ...], int, int], ...]


def preview_of(table: ConfidentialTable, rules: SuppressionRules) -> tuple[Preview, ...]:
    """One entry a rule measure. Raises ProtectionError for negative values."""
    measures = tuple(measure.id for measure in table.structure.measures)
    found = []
    for measure in table.structure.rule_measures:
        primary = find_primaries(table.cells, measure.id, measures, rules)
        nothing = np.zeros(len(table.cells), dtype=np.bool_)
        levels = by_level(MarkedCells.of(table, measure.id, primary.unsafe, nothing))
        counts = tuple((level.levels, level.cells, level.primary) for level in levels)
        found.append(Preview(measure.id, by_rule(primary), counts))
    return tuple(found)
