"""What is asked for quantities (mass, supplementary units) beyond what is asked for the values they belong to.

A trader may let the value be shown and the quantity not. Then a quantity can be unsafe in a cell whose value is safe.
It is hidden, untied from its value and without a level; quantity_stage.py then protects it by quantities alone.
Always: where a value is hidden, so are the quantities that shadow it; not the other way round.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.primary import PrimaryCells, find_primaries, judged_apart, shadow_levels
from publisher.suppression.shared import Part, codes_of
from publisher.suppression.system import AdditiveSystem, Integers, Mask, Status, untied


@dataclass(frozen=True)
class QuantityCells:
    """One entry a cell of a system.

    free          bool   a quantity that shadows another measure wherever it stands: it may be hidden alone
    unsafe        bool   a quantity that is unsafe by the claims to quantities; False in tables without such claims
    upper, lower  int64  its levels by these claims, 0 elsewhere; at least those that the system has
    """

    free: Mask = field(repr=False)
    unsafe: Mask = field(repr=False)
    upper: Integers = field(repr=False)
    lower: Integers = field(repr=False)

    def beyond(self, system: AdditiveSystem) -> Mask:
        """bool[n]: more is asked of the cell than the system asks; nothing of what the public knows."""
        more = (self.upper > system.upper_level) | (self.lower > system.lower_level)
        return np.asarray(more & (system.status != Status.FROZEN_PUBLISHED), dtype=np.bool_)


def find_unsafe_quantities(
    demands: Sequence[tuple[ConfidentialTable, SuppressionRules]], parts: Sequence[Part]
) -> Iterator[tuple[Part, PrimaryCells]]:
    """Each quantity that shadows a measure of a table with claims to quantities, and the cells unsafe by these."""
    for part in parts:
        table, rules = demands[part.table]
        if part.measure != part.leader and judged_apart(table.cells) and is_quantity(table, part.measure):
            names = tuple(measure.id for measure in table.structure.measures)
            label = partial(codes_of, table.structure, table)
            found = find_primaries(table.cells, part.leader, names, rules, claims="quantity", label=label)
            yield part, found


def quantity_cells(
    tables: Sequence[ConfidentialTable],
    parts: Sequence[Part],
    found: Sequence[tuple[Part, PrimaryCells]],
    system: AdditiveSystem,
) -> QuantityCells:
    """A cell of several tables gets the strictest demand."""
    unsafe, upper, lower = np.zeros(system.cells, dtype=np.bool_), system.upper_level * 0, system.lower_level * 0
    for part, primary in found:
        cells = tables[part.table].cells
        totals, own = (cells.column(name).to_numpy().astype(np.int64) for name in (part.leader, part.measure))
        high, low = shadow_levels(primary, totals, own)
        unsafe[part.variables] |= primary.unsafe
        np.maximum.at(upper, part.variables, high)
        np.maximum.at(lower, part.variables, low)
    return QuantityCells(
        _free(tables, parts, system.cells),
        unsafe,
        np.where(upper > 0, np.maximum(upper, system.upper_level), 0),
        np.where(upper > 0, np.maximum(lower, system.lower_level), 0),
    )


def take_along(system: AdditiveSystem, asked: QuantityCells) -> AdditiveSystem:
    """The system with the levels of unsafe quantities that may not be hidden alone: these take their values along."""
    bound = asked.unsafe & ~asked.free
    status = np.where(bound & (asked.upper > 0), int(Status.PRIMARY), system.status)
    return replace(
        system,
        status=status.astype(np.int8),
        upper_level=np.where(bound, np.maximum(asked.upper, system.upper_level), system.upper_level),
        lower_level=np.where(bound, np.maximum(asked.lower, system.lower_level), system.lower_level),
    )


def set_apart(system: AdditiveSystem, asked: QuantityCells) -> AdditiveSystem:
    """The system in which unsafe quantities of safe values are hidden already, without a level, whatever else is."""
    away = np.zeros(system.cells, dtype=np.bool_)
    away[system.tie[system.primaries]] = True
    alone = asked.unsafe & asked.free & ~away[system.tie]
    return replace(
        system,
        status=np.where(alone, int(Status.FROZEN_SUPPRESSED), system.status).astype(np.int8),
        tie=untied(system.tie, np.flatnonzero(alone).astype(np.int64)),
    )


def put_back(system: AdditiveSystem, together: AdditiveSystem) -> AdditiveSystem:
    """The system with every quantity tied to its value again, as `together` has it, at the lower of their costs."""
    least = system.costs.copy()
    np.minimum.at(least, together.tie, system.costs)
    return replace(system, status=together.status, tie=together.tie, costs=least[together.tie])


def is_quantity(table: ConfidentialTable, measure: str) -> bool:
    """Whether a measure of a table, by id, is a quantity."""
    return next(one.is_quantity for one in table.structure.measures if one.id == measure)


def _free(tables: Sequence[ConfidentialTable], parts: Sequence[Part], count: int) -> Mask:
    free = np.zeros(count, dtype=np.bool_)
    for part in parts:
        free[part.variables] |= is_quantity(tables[part.table], part.measure)
    for part in parts:
        if part.measure == part.leader:
            free[part.variables] = False
    return free
