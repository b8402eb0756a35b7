"""What protection costs: for the statistician, never in a public file. Confidential throughout."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.assemble import Assembly, Demand, assemble, in_order
from publisher.suppression.primary import PrimaryCells, Rule
from publisher.suppression.secondary import suppress
from publisher.suppression.system import Mask


@dataclass(frozen=True)
class LevelCost:
    """Cells of one combination of levels, for instance ("heading", "country")."""

    levels: tuple[str, ...]
    cells: int
    primary: int
    secondary: int
    value: int = field(repr=False)
    value_primary: int = field(repr=False)
    value_secondary: int = field(repr=False)

    @property
    def visible_share(self) -> float:
        """Share of the level's value that stays visible."""
        return 1.0 - (self.value_primary + self.value_secondary) / self.value if self.value else 1.0


@dataclass(frozen=True)
class TableCost:
    """Costs of one rule measure of one table. `by_rule`: unsafe cells by rule fired (a cell may count twice)."""

    query: str
    measure: str
    by_rule: tuple[tuple[str, int], ...]
    levels: tuple[LevelCost, ...]

    @property
    def primary(self) -> int:
        return sum(level.primary for level in self.levels)

    @property
    def secondary(self) -> int:
        return sum(level.secondary for level in self.levels)


def assess(tables: Sequence[Demand], *, progress: Progress = NO_PROGRESS) -> tuple[TableCost, ...]:
    """What protecting `tables` together would cost, one entry for each rule measure of each table.

    Raises ProtectionError as protect() does.
    """
    tables = in_order(tables)
    assembly = assemble(tables)
    pattern = suppress(assembly.system, progress=progress)
    return tuple(
        _table_cost(tables[place], measure, primary, _hidden(assembly, place, measure, pattern.suppressed))
        for place, measure, primary in assembly.primaries
    )


def _hidden(assembly: Assembly, place: int, measure: str, suppressed: Mask) -> Mask:
    part = next(part for part in assembly.parts if (part.table, part.measure) == (place, measure))
    return np.asarray(suppressed[part.variables], dtype=np.bool_)


def _table_cost(demand: Demand, measure: str, primary: PrimaryCells, hidden: Mask) -> TableCost:
    table, _ = demand
    rules = tuple((str(rule.name).lower(), int(np.count_nonzero(primary.fired & int(rule)))) for rule in Rule)
    return TableCost(table.structure.id, measure, rules, _by_level(demand, measure, primary.unsafe, hidden))


def _by_level(demand: Demand, measure: str, unsafe: Mask, hidden: Mask) -> tuple[LevelCost, ...]:
    """One entry for each combination of levels, coarse to fine."""
    table, _ = demand
    dimensions = table.structure.dimensions
    levels = np.stack(
        [np.array(d.hierarchy.level_of)[table.cells.column(d.column).to_numpy()] for d in dimensions], axis=1
    )
    values = table.cells.column(measure).to_numpy()
    found = []
    for combination in np.unique(levels, axis=0):
        inside = np.all(levels == combination, axis=1)
        first, second = inside & unsafe, inside & hidden & ~unsafe
        found.append(
            LevelCost(
                levels=tuple(d.hierarchy.levels[k] for d, k in zip(dimensions, combination.tolist(), strict=True)),
                cells=int(inside.sum()),
                primary=int(first.sum()),
                secondary=int(second.sum()),
                value=int(values[inside].sum()),
                value_primary=int(values[first].sum()),
                value_secondary=int(values[second].sum()),
            )
        )
    return tuple(found)
