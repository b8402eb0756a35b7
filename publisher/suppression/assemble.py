"""From the tables of an edition to one additive system."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt
from scipy import sparse

from publisher.aggregate.relations import relations
from publisher.errors import ProtectionError
from publisher.model.codelist import Hierarchy
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import TableStructure
from publisher.suppression.decided import decide
from publisher.suppression.primary import Claims, PrimaryCells, find_primaries, shadow_levels
from publisher.suppression.quantities import (
    QuantityCells,
    find_unsafe_quantities,
    is_quantity,
    quantity_cells,
    set_apart,
    take_along,
)
from publisher.suppression.shared import Part, codes_of, number_cells
from publisher.suppression.system import LARGEST_COST, UNBOUNDED, AdditiveSystem, Integers, Status

Floats = npt.NDArray[np.float64]
Demand = tuple[ConfidentialTable, SuppressionRules]

# What a cell one level higher costs more, so that totals stay visible. Value and contributors add up on their own.
STEEPNESS: Mapping[str, int] = {"value": 1, "contributors": 1, "measure": 1, "log_value": 3, "one": 3}
COST_STEPS = 2**36  # the dearest cell's cost before steepness; the cheapest costs 1


@dataclass(frozen=True)
class Assembly:
    """The system of an edition, and where each table's cells are in it.

    primaries   one for each rule measure of each table: (table, measure) and what the rules found; also for each
                quantity that is judged by claims of its own
    quantities  what is asked for quantities beyond that
    together    the system as it is where nobody asks for quantities alone: values are protected in this one
    """

    system: AdditiveSystem
    parts: tuple[Part, ...]
    primaries: tuple[tuple[int, str, PrimaryCells], ...] = field(repr=False)
    quantities: QuantityCells
    together: AdditiveSystem


def assemble(demands: Sequence[Demand]) -> Assembly:
    """One variable for every cell of every measure, all equations of all tables, levels and costs.

    Raises ProtectionError where cells are negative, do not add up, or differ between tables that share them, and
    where what the office decided about single cells cannot be.
    """
    tables = [table for table, _ in demands]
    parts, count = number_cells(tables)
    found = {(part.table, part.measure): _find(demands[part.table], part) for part in parts if _leads(part)}
    columns = _Columns(count)
    for part in parts:
        columns.add(part, demands[part.table], found[part.table, part.leader])
    indptr, indices, signs, family = _equations(tables, parts)
    system = AdditiveSystem(
        indptr=indptr,
        indices=indices,
        signs=signs,
        values=columns.values,
        costs=_tied_costs(columns.costs, columns.ties(parts)),
        upper_level=columns.upper,
        lower_level=columns.lower,
        lower_bound=np.zeros(count, dtype=np.int64),
        upper_bound=np.full(count, UNBOUNDED, dtype=np.int64),
        status=columns.status(),
        owner=columns.owner,
        tie=columns.ties(parts),
        family=family,
        label=_labels(tables, parts),
    )
    apart = tuple(find_unsafe_quantities(demands, parts))
    asked = quantity_cells(tables, parts, apart, system)
    system = take_along(system, asked)
    together = decide(system, tables, parts)
    system = decide(set_apart(system, asked), tables, parts)
    judged = {(place, name): primary for (place, name), primary in found.items()}
    judged |= {(part.table, part.measure): primary for part, primary in apart}
    primaries = tuple((place, name, primary) for (place, name), primary in judged.items())
    return Assembly(system, parts, primaries, asked, together)


def in_order(demands: Sequence[Demand]) -> tuple[Demand, ...]:
    """The same demands with cells sorted by their codes, so that the order of rows never shapes a pattern."""
    return tuple(
        (replace(table, cells=table.cells.sort_by([(name, "ascending") for name in table.structure.columns])), rules)
        for table, rules in demands
    )


def _leads(part: Part) -> bool:
    return part.measure == part.leader


def _find(demand: Demand, part: Part) -> PrimaryCells:
    table, rules = demand
    names = tuple(measure.id for measure in table.structure.measures)
    label = partial(codes_of, table.structure, table)
    claims: Claims = "quantity" if is_quantity(table, part.measure) else "value"
    return find_primaries(table.cells, part.measure, names, rules, claims=claims, label=label)


class _Columns:
    """The columns of the system, filled table by table; a cell of several tables gets the strictest demand."""

    def __init__(self, count: int) -> None:
        self.values = np.full(count, -1, dtype=np.int64)
        self.costs = np.ones(count, dtype=np.int64)
        self.upper = np.zeros(count, dtype=np.int64)
        self.lower = np.zeros(count, dtype=np.int64)
        self.owner = np.zeros(count, dtype=np.int64)

    def add(self, part: Part, demand: Demand, primary: PrimaryCells) -> None:
        table, rules = demand
        own = _column(table, part.measure)
        upper, lower = primary.upper_level, primary.lower_level
        if not _leads(part):
            upper, lower = shadow_levels(primary, _column(table, part.leader), own)
        at = part.variables
        if np.any((self.values[at] >= 0) & (self.values[at] != own)):
            raise ProtectionError(
                "cells that tables share have different values in them.",
                place=table.structure.id,
                remedy="Aggregate all tables of the edition from one snapshot.",
            )
        self.values[at] = own
        np.maximum.at(self.upper, at, upper)
        np.maximum.at(self.lower, at, lower)
        np.maximum.at(self.costs, at, _costs(table, rules, part.leader))
        alone = _column(table, "contributors") == 1
        self.owner[at] = np.where(alone, _column(table, "contributor_1"), 0)

    def status(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        return np.where(self.upper > 0, int(Status.PRIMARY), int(Status.CANDIDATE)).astype(np.int8)

    def ties(self, parts: Sequence[Part]) -> Integers:
        """int64[n]: the same for variables that are hidden together, and the lowest of them."""
        leaders = {(part.table, part.measure): part.variables for part in parts if _leads(part)}
        pairs = [(leaders[part.table, part.leader], part.variables) for part in parts if not _leads(part)]
        count = len(self.values)
        rows = np.concatenate([np.empty(0, np.int64), *(first for first, _ in pairs)])
        columns = np.concatenate([np.empty(0, np.int64), *(second for _, second in pairs)])
        graph = sparse.coo_matrix((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
        groups = sparse.csgraph.connected_components(graph, directed=False)[1]
        lowest = np.full(count, count, dtype=np.int64)
        np.minimum.at(lowest, groups, np.arange(count))
        return np.asarray(lowest[groups], dtype=np.int64)


def _column(table: ConfidentialTable, name: str) -> Integers:
    return np.asarray(table.cells.column(name).to_numpy(), dtype=np.int64)


def _costs(table: ConfidentialTable, rules: SuppressionRules, leader: str) -> Integers:
    """What hiding each row costs, 1 or more: the query's measure of loss times the penalties of its levels."""
    loss = _loss(table, rules, leader)
    steps = np.floor(loss / max(1.0, loss.max(initial=0.0)) * COST_STEPS) * _penalty(table, rules)
    return np.asarray(np.minimum(steps, LARGEST_COST - 1), dtype=np.int64) + 1


def _loss(table: ConfidentialTable, rules: SuppressionRules, leader: str) -> Floats:
    if rules.secondary_cost == "one":
        return np.ones(len(table.cells))
    if rules.secondary_cost == "contributors":
        return _column(table, "contributors").astype(np.float64)
    values = _column(table, rules.cost_measure or leader).astype(np.float64)
    return np.log1p(values) if rules.secondary_cost == "log_value" else values


def _penalty(table: ConfidentialTable, rules: SuppressionRules) -> Floats:
    """What a row costs more for its levels: as the query says, else by how many levels of margins lie below it."""
    given = {(one.column, one.level): float(one.times) for one in rules.level_penalty}
    height = np.zeros(len(table.cells), dtype=np.int64)
    penalty = np.ones(len(table.cells))
    for dimension in table.structure.dimensions:
        levels = [given.get((dimension.column, level), 0.0) for level in dimension.hierarchy.levels]
        own = np.array(levels)[np.array(dimension.hierarchy.level_of, dtype=np.int64)]
        nodes = table.cells.column(dimension.column).to_numpy()
        penalty *= np.where(own > 0, own, 1.0)[nodes]
        height += np.where(own > 0, 0, _height(dimension.hierarchy))[nodes]
    return penalty * float(STEEPNESS[rules.secondary_cost]) ** np.minimum(height, 8)


def _height(tree: Hierarchy) -> Integers:
    """int64[nodes]: how many levels of margins lie below each node."""
    below = np.zeros(len(tree.codes), dtype=np.int64)
    for node in reversed(range(len(below))):
        parent = tree.parent[node]
        if parent >= 0:
            below[parent] = max(below[parent], below[node] + 1)
    return below


def _tied_costs(costs: Integers, ties: Integers) -> Integers:
    """Each variable costs what the dearest of its tie costs."""
    dearest = np.zeros(len(costs), dtype=np.int64)
    np.maximum.at(dearest, ties, costs)
    return np.asarray(dearest[ties], dtype=np.int64)


def _equations(
    tables: Sequence[ConfidentialTable], parts: Sequence[Part]
) -> tuple[Integers, Integers, np.ndarray[tuple[int], np.dtype[np.int8]], Integers]:
    """All equations of all parts over the variables, each once: indptr, indices, signs, family."""
    related = [relations(table.structure, table.cells) for table in tables]
    families = [_families(table, place, tables) for place, table in enumerate(tables)]
    lengths, indices, signs, family = [], [], [], []
    seen: set[bytes] = set()
    for part in parts:
        own = related[part.table]
        over = part.variables[own.indices]
        fresh = _fresh(over, own.indptr, seen) if len(tables) > 1 else np.ones(own.equations, dtype=np.bool_)
        entries = np.repeat(fresh, np.diff(own.indptr))
        lengths.append(np.diff(own.indptr)[fresh])
        indices.append(over[entries])
        signs.append(own.signs[entries])
        family.append(families[part.table][fresh])
    indptr = np.concatenate([[0], np.cumsum(np.concatenate([np.empty(0, np.int64), *lengths]))]).astype(np.int64)
    return (
        indptr,
        np.concatenate([np.empty(0, np.int64), *indices]),
        np.concatenate([np.empty(0, np.int8), *signs]),
        np.concatenate([np.empty(0, np.int64), *family]),
    )


def _fresh(over: Integers, indptr: Integers, seen: set[bytes]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """bool[equations]: no table before gave the same equation."""
    fresh = np.ones(len(indptr) - 1, dtype=np.bool_)
    for equation in range(len(fresh)):
        key = np.sort(over[indptr[equation] : indptr[equation + 1]]).tobytes()
        fresh[equation] = key not in seen
        seen.add(key)
    return fresh


def _families(table: ConfidentialTable, place: int, tables: Sequence[ConfidentialTable]) -> Integers:
    """int64[equations]: the dimension along which each equation of a table sums, numbered over all tables."""
    before = sum(len(other.structure.dimensions) for other in tables[:place])
    own = relations(table.structure, table.cells)
    family = np.zeros(own.equations, dtype=np.int64)
    parent, child = own.indices[own.indptr[:-1]], own.indices[own.indptr[:-1] + 1]
    for number, dimension in enumerate(table.structure.dimensions):
        nodes = table.cells.column(dimension.column).to_numpy()
        family[nodes[parent] != nodes[child]] = before + number
    return family


def _labels(tables: Sequence[ConfidentialTable], parts: Sequence[Part]) -> Callable[[int], tuple[str, ...]]:
    """Names a variable by the first table that has it."""

    def label(variable: int) -> tuple[str, ...]:
        for part in parts:
            rows = np.flatnonzero(part.variables == variable)
            if len(rows):
                structure: TableStructure = tables[part.table].structure
                return (*codes_of(structure, tables[part.table], int(rows[0])), part.measure)
        return (str(variable),)

    return label
