"""What protection costs: for the statistician, never in a public file. Confidential throughout."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.assemble import Assembly, Demand, assemble, in_order
from publisher.suppression.dearest import Attribution, HiddenCell, Protection, by_rule
from publisher.suppression.forced import unsafe_ties, uses_of
from publisher.suppression.marked import GroupCost, LevelCost, MarkedCells, Tally, by_group, by_level, tally
from publisher.suppression.secondary import Pattern, suppress

DEAREST = 10


@dataclass(frozen=True)
class TableCost:
    """Costs of one rule measure of one table.

    by_rule      unsafe cells by the rule that fired (a cell may count twice)
    levels       one entry a combination of levels, coarse to fine
    groups       one entry a top-level group of the first dimension with a hierarchy, most detailed cells only
    finest       all most detailed cells, each unit of value once
    protections  the primary cells that cost most, dearest first
    hidden       the secondary cells that cost most, dearest first
    unused       how many secondary cells no witness needs
    cells        every cell with its mark
    """

    query: str
    measure: str
    by_rule: tuple[tuple[str, int], ...]
    levels: tuple[LevelCost, ...]
    groups: tuple[GroupCost, ...]
    finest: Tally
    protections: tuple[Protection, ...]
    hidden: tuple[HiddenCell, ...]
    unused: int
    cells: MarkedCells

    @property
    def primary(self) -> int:
        return sum(level.primary for level in self.levels)

    @property
    def secondary(self) -> int:
        return sum(level.secondary for level in self.levels)

    @property
    def total(self) -> Tally:
        """All cells of all levels; a unit of value counts once at each combination of levels."""
        return Tally.sum(self.levels)


def assess(tables: Sequence[Demand], *, progress: Progress = NO_PROGRESS) -> tuple[TableCost, ...]:
    """What protecting `tables` together would cost, one entry for each rule measure of each table.

    Raises ProtectionError as protect() does.
    """
    tables = in_order(tables)
    assembly = assemble(tables)
    pattern = suppress(assembly.system, progress=progress)
    return costs_of(tables, assembly, pattern)


def costs_of(tables: Sequence[Demand], assembly: Assembly, pattern: Pattern) -> tuple[TableCost, ...]:
    """The costs of a pattern. `tables` as in_order() gave them to assemble()."""
    uses = uses_of(assembly.system, pattern.suppressed, pattern.witnesses)
    unsafe = unsafe_ties(assembly.system)
    found = []
    for place, measure, primary in assembly.primaries:
        table, _ = tables[place]
        part = next(part for part in assembly.parts if (part.table, part.measure) == (place, measure))
        ties = assembly.system.tie[part.variables]
        away = pattern.suppressed[part.variables]
        cells = MarkedCells.of(table, measure, away & unsafe[ties], away & ~unsafe[ties])
        attribution = Attribution(assembly, uses, cells, ties, primary)
        found.append(
            TableCost(
                query=table.structure.id,
                measure=measure,
                by_rule=by_rule(primary),
                levels=by_level(cells),
                groups=by_group(cells),
                finest=tally(cells, cells.finest),
                protections=attribution.dearest_protections(DEAREST),
                hidden=attribution.dearest_hidden(DEAREST),
                unused=attribution.unused(),
                cells=cells,
            )
        )
    return tuple(found)
