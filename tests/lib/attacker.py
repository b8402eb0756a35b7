"""A brute-force attacker: linear programs over everything published, by scipy alone.

Imports nothing from publisher.suppression or publisher.audit, and derives the equations of a table again from its
hierarchies. Slow, and meant to be: small tables only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
from scipy import sparse
from scipy.optimize import linprog

from publisher.model.codelist import TOTAL
from publisher.model.protected import ProtectedTable
from publisher.model.structure import TableStructure

Key = tuple[str, ...]


@dataclass
class Puzzle:
    """Unknowns by key, what is published of them, and equations over them."""

    published: dict[Key, int | None] = field(default_factory=dict)
    equations: list[list[tuple[Key, int]]] = field(default_factory=list)

    def interval(self, key: Key, known: Mapping[Key, int] | None = None) -> tuple[float, float]:
        """What the attacker finds for one hidden cell; `known` is what an insider knows besides."""
        return self.interval_of_sum([key], known)

    def interval_of_sum(self, keys: Sequence[Key], known: Mapping[Key, int] | None = None) -> tuple[float, float]:
        """What the attacker finds for the sum of several hidden cells."""
        values = dict(self.published) | dict(known or {})
        hidden = sorted(name for name, value in values.items() if value is None)
        place = {name: number for number, name in enumerate(hidden)}
        rows, columns, data, right = [], [], [], []
        for number, equation in enumerate(self.equations):
            right.append(0.0)
            for name, sign in equation:
                if name in place:
                    rows.append(number)
                    columns.append(place[name])
                    data.append(sign)
                else:
                    right[-1] -= sign * values.get(name, 0)
        matrix = sparse.csr_matrix((data, (rows, columns)), shape=(max(1, len(self.equations)), len(hidden)))
        return tuple(self._bound(matrix, right or [0.0], [place[key] for key in keys], sign) for sign in (1, -1))

    def _bound(self, matrix: sparse.csr_matrix, right: Sequence[float], unknown: Sequence[int], sign: int) -> float:
        aim = np.zeros(matrix.shape[1])
        aim[unknown] = sign
        solved = linprog(aim, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
        if solved.status == 3:
            return np.inf * -sign
        if solved.status != 0:
            raise RuntimeError(f"the published table contradicts itself: {solved.message}")
        return float(solved.x[unknown].sum())


def puzzle(tables: Sequence[ProtectedTable]) -> Puzzle:
    """What a reader of all these tables can write down. Cells with the same codes and measure are one unknown."""
    whole = Puzzle()
    for table in tables:
        _add(whole, table)
    return whole


def _add(whole: Puzzle, table: ProtectedTable) -> None:
    structure = table.structure
    cells = table.cells.to_pydict()
    nodes = list(zip(*(cells[name] for name in structure.columns), strict=True))
    present = {combination: row for row, combination in enumerate(nodes)}
    for measure in structure.measures:
        for combination, row in present.items():
            value = cells[measure.id][row]
            name = cell_key(structure, measure.id, combination)
            if whole.published.get(name) is None:
                whole.published[name] = value
        for combination in present:
            for place, dimension in enumerate(structure.dimensions):
                below = dimension.hierarchy.children[combination[place]]
                if not below:
                    continue
                equation = [(cell_key(structure, measure.id, combination), 1)]
                for child in below:
                    inner = (*combination[:place], child, *combination[place + 1 :])
                    if inner in present:
                        equation.append((cell_key(structure, measure.id, inner), -1))
                whole.equations.append(equation)


def cell_key(structure: TableStructure, measure: str, nodes: Sequence[int]) -> Key:
    """A name of a cell that is the same in all tables that have it."""
    codes = [
        f"{dimension.column}={dimension.hierarchy.codes[node]}"
        for dimension, node in zip(structure.dimensions, nodes, strict=True)
        if dimension.hierarchy.codes[node] != TOTAL
    ]
    return (measure, structure.flow, structure.universe, *sorted(codes))


def key_of_row(structure: TableStructure, cells: pa.Table, row: int, measure: str) -> Key:
    return cell_key(structure, measure, [cells.column(name)[row].as_py() for name in structure.columns])


def computed_exactly(known: Puzzle, keys: Sequence[Key], own: Mapping[Key, int]) -> list[Key]:
    """The unknowns among `keys` that an insider, who subtracts its own cells, finds to be a single number."""
    found = []
    for key in keys:
        if known.published.get(key) is None and key not in own:
            least, most = known.interval(key, own)
            if most - least < 1e-3:
                found.append(key)
    return found
