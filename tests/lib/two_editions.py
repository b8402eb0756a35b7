"""A reader who holds several editions of one period, by brute force: scipy, and none of the code under test.

Every number is one unknown in all editions that state it: the attacker is told which numbers were not revised.
"""

from collections.abc import Sequence

from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from tests.lib.attacker import Key, Puzzle, cell_key, puzzle

Edition = tuple[ConfidentialTable, ProtectedTable]  # the truth, and what of it was published


def true_values(table: ConfidentialTable) -> dict[Key, int]:
    """The number of every cell of every measure."""
    structure, cells = table.structure, table.cells.to_pydict()
    nodes = list(zip(*(cells[name] for name in structure.columns), strict=True))
    return {
        cell_key(structure, measure.id, combination): cells[measure.id][row]
        for measure in structure.measures
        for row, combination in enumerate(nodes)
    }


def joint_puzzle(editions: Sequence[Edition]) -> Puzzle:
    """All that is published. The unknown of a cell is its key with its true number, so revised numbers are others."""
    whole = Puzzle()
    for truth, published in editions:
        values = true_values(truth)
        own = puzzle([published])
        for key in [*own.published, *values]:
            name = number_key(key, values)
            if whole.published.get(name) is None:
                # a cell without a published row is a zero that everybody knows
                whole.published[name] = own.published.get(key, 0)
        whole.equations += [[(number_key(key, values), sign) for key, sign in one] for one in own.equations]
    return whole


def number_key(key: Key, values: dict[Key, int]) -> Key:
    return (*key, f"number {values[key]}")
