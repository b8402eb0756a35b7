"""A reader who holds several editions of one period, by brute force: scipy, and none of the code under test.

Every number is one unknown in all editions that state it: the attacker is told which numbers were not revised.
"""

from collections.abc import Sequence

import numpy as np

from publisher.model.confidential import ConfidentialTable
from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import assemble
from publisher.suppression.history import EarlierTable
from tests.lib.attacker import Key, Puzzle, cell_key, computed_exactly, puzzle

Level = tuple[Key, int, int, int]  # an unsafe cell, its number, its upper and its lower level
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


def earlier(name: str, edition: Edition, rules: SuppressionRules) -> EarlierTable:
    """An edition as the planning of a later one gets it. Rows of the truth must be sorted by their codes."""
    truth, published = edition
    shown = published.cells.to_pydict()
    columns = truth.structure.columns
    place = list(zip(*(shown[c] for c in columns), strict=True))
    rows = list(zip(*(truth.cells.column(c).to_pylist() for c in columns), strict=True))
    hidden = {}
    for measure in truth.structure.measures:
        away = {nodes for nodes, number in zip(place, shown[measure.id], strict=True) if number is None}
        hidden[measure.id] = np.array([nodes in away for nodes in rows], dtype=np.bool_)
    return EarlierTable(name, truth, rules, hidden)


def levels(truth: ConfidentialTable, rules: SuppressionRules) -> list[Level]:
    """The unsafe cells of all measures of a table."""
    assembly = assemble([(truth, rules)])
    found = []
    for part in assembly.parts:
        for row, cell in enumerate(part.variables.tolist()):
            system, asked = assembly.system, assembly.quantities
            upper = int(max(system.upper_level[cell], asked.upper[cell]))
            lower = int(max(system.lower_level[cell], asked.lower[cell]))
            if upper:
                nodes = [truth.cells.column(name)[row].as_py() for name in truth.structure.columns]
                key = cell_key(truth.structure, part.measure, nodes)
                found.append((key, int(assembly.system.values[cell]), upper, lower))
    return found


def exposed(editions: Sequence[Edition], rules: SuppressionRules) -> set[Key]:
    """The unsafe cells of any edition that a reader of all of them narrows down below their levels, or knows."""
    known = joint_puzzle(editions)
    return {
        key
        for truth, _ in editions
        for key, value, upper, lower in levels(truth, rules)
        if _narrow(known, (*key, f"number {value}"), value, upper, lower)
    }


def _narrow(known: Puzzle, name: Key, value: int, upper: int, lower: int) -> bool:
    if known.published[name] is not None:
        return True
    least, most = known.interval(name)
    return most < value + upper - 1e-6 or least > value - lower + 1e-6


def computed_by_insiders(editions: Sequence[Edition], rules: SuppressionRules) -> set[Key]:
    """The unsafe cells that some contributor computes exactly who subtracts its own, of all editions."""
    known = joint_puzzle(editions)
    own: dict[int, dict[Key, int]] = {}
    for truth, _ in editions:
        values = true_values(truth)
        cells = truth.cells.to_pydict()
        for measure in truth.structure.measures:
            for row, count in enumerate(cells["contributors"]):
                if count == 1:
                    key = cell_key(truth.structure, measure.id, [cells[c][row] for c in truth.structure.columns])
                    own.setdefault(cells["contributor_1"][row], {})[number_key(key, values)] = values[key]
    found = set()
    for mine in own.values():
        for truth, _ in editions:
            names = [(*key, f"number {value}") for key, value, _, _ in levels(truth, rules)]
            found |= set(computed_exactly(known, names, mine))
    return found
