"""Protection over all editions of one period: one system of everything that they say together.

See README.md, 'Earlier editions of the same period', for what an attacker may assume and why this system is his.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import Demand, in_order
from publisher.suppression.shown import ShownTable, nodes_of, read_shown, rows_in
from publisher.suppression.system import Integers, Mask


@dataclass(frozen=True)
class EarlierTable:
    """One table of an earlier edition of the same period, and the numbers behind it as of its snapshot.

    hidden   for each measure, by id, bool[rows of table.cells]
    """

    edition: str
    table: ConfidentialTable
    rules: SuppressionRules
    hidden: Mapping[str, Mask] = field(repr=False)


def earlier_table(edition: str, public: Path, demand: Demand) -> EarlierTable:
    """The table as `edition` shows it, with its own confidential twin.

    Raises ProtectionError where what was shown is not what the twin says: then the twin is not the truth behind it.
    """
    ((table, rules),) = in_order([demand])
    shown = read_shown(public, table.structure)
    rows = rows_in(shown, table.structure, nodes_of(table.structure, table.cells)) if shown else None
    if shown is None or rows is None or not _agrees(shown, table, rows):
        raise ProtectionError(
            f"what {edition} shows of this table cannot be made again from its snapshot and today's query.",
            place=table.structure.id,
            remedy="Put the query file back as it was for that edition, under its id; give the changed one a new id.",
        )
    hidden = {}
    for measure, away in zip(shown.measures, shown.hidden, strict=True):
        hidden[measure] = np.zeros(len(table.cells), dtype=np.bool_)
        hidden[measure][rows[away]] = True
    return EarlierTable(edition, table, rules, hidden)


def _agrees(shown: ShownTable, table: ConfidentialTable, rows: Integers) -> bool:
    """Every published row is a cell of the twin, with its number where shown; the twin's other cells are zero."""
    absent = np.ones(len(table.cells), dtype=np.bool_)
    absent[rows[rows >= 0]] = False
    for measure, numbers, hidden in zip(shown.measures, shown.numbers, shown.hidden, strict=True):
        values = table.cells.column(measure).to_numpy()
        differs = ~hidden & (numbers != values[rows])
        if np.any(rows < 0) or np.any(differs) or np.any(values[absent] != 0):
            return False
    return True
