"""What protection costs: for the statistician, never in a public file. Confidential throughout."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.assemble import Demand
from publisher.suppression.dearest import Attribution, HiddenCell, Protection, by_rule
from publisher.suppression.forced import Uses, unsafe_ties, uses_of
from publisher.suppression.history import EarlierTable
from publisher.suppression.marked import GroupCost, LevelCost, MarkedCells, Tally, by_group, by_level, tally
from publisher.suppression.planning import PlannedEdition, plan_edition
from publisher.suppression.primary import PrimaryCells
from publisher.suppression.shown import ShownTable
from publisher.suppression.system import Mask, Status
from publisher.suppression.witness import together

DEAREST = 10


@dataclass(frozen=True)
class TableCost:
    """Costs of one rule measure of one table, or of a quantity that traders asked to hide where its value is shown.

    by_rule      unsafe cells by the rule that fired (a cell may count twice)
    levels       one entry a combination of levels, coarse to fine
    groups       one entry a top-level group of the first dimension with a hierarchy, most detailed cells only
    finest       all most detailed cells, each unit of value once
    kept         those secondary cells, of all levels, that stay hidden because an earlier edition of the period hid
                 the same number; no protection of this edition is blamed for them
    already_public  unsafe cells whose very number an earlier edition shows: hidden from now on, not protected
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
    kept: Tally
    already_public: int
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


def assess(
    tables: Sequence[Demand],
    *,
    earlier: Sequence[EarlierTable] = (),
    before: Sequence[ShownTable] = (),
    progress: Progress = NO_PROGRESS,
) -> tuple[TableCost, ...]:
    """What protecting `tables` together would cost, one entry for each rule measure of each table.

    Planned as protect_edition() plans a build, against readers of the `earlier` editions of the same period; raises
    ProtectionError as it does.
    """
    return costs_of(plan_edition(tables, earlier=earlier, before=before, progress=progress))


def costs_of(planned: PlannedEdition) -> tuple[TableCost, ...]:
    """The costs of a pattern."""
    system, pattern, further = planned.joined.system, planned.pattern, planned.further
    uses = every = uses_of(system, pattern.suppressed, together(pattern.witnesses))
    if further.witnesses:
        hidden = pattern.suppressed | further.hidden
        every = uses_of(system, hidden, together((*pattern.witnesses, *further.witnesses)))
    marks = _Marks.of(planned)
    return tuple(
        _cost(planned, marks, uses if _rules(planned, place, measure) else every, place, measure, found)
        for place, measure, found in planned.assembly.primaries
    )


def _rules(planned: PlannedEdition, place: int, measure: str) -> bool:
    """Whether a measure decides for itself: quantities that are hidden alone are not for the sake of any such."""
    return measure in {one.id for one in planned.demands[place][0].structure.rule_measures}


@dataclass(frozen=True)
class _Marks:
    """bool[present cells], each: hidden for its own sake, for others', and of the latter those that must stay so.

    A cell is hidden for its own sake where the rules of this edition say so, or those of an earlier one that hid the
    very number. It must stay hidden where an earlier edition hid the number, or one tied to it, for others' sake.
    """

    primary: Mask
    secondary: Mask
    kept: Mask

    @classmethod
    def of(cls, planned: PlannedEdition) -> "_Marks":
        present, joined, hidden = planned.assembly.system, planned.joined.system, planned.hidden
        status = joined.status[: present.cells]
        own = unsafe_ties(present)
        own[present.tie[status == Status.PRIMARY]] = True
        kept = np.zeros(present.cells, dtype=np.bool_)
        kept[present.tie[status == Status.FROZEN_SUPPRESSED]] = True
        secondary = hidden & ~own[present.tie]
        return cls(hidden & own[present.tie], secondary, secondary & kept[present.tie])


def _cost(
    planned: PlannedEdition, marks: _Marks, uses: Uses, place: int, measure: str, found: PrimaryCells
) -> TableCost:
    table, _ = planned.demands[place]
    part = next(part for part in planned.assembly.parts if (part.table, part.measure) == (place, measure))
    at, system = part.variables, planned.joined.system
    cells = MarkedCells.of(table, measure, marks.primary[at], marks.secondary[at])
    attribution = Attribution(system, uses, cells, system.tie[at], found)
    return TableCost(
        query=table.structure.id,
        measure=measure,
        by_rule=by_rule(found),
        levels=by_level(cells),
        groups=by_group(cells),
        finest=tally(cells, cells.finest),
        kept=tally(cells, marks.kept[at]),
        already_public=int(np.isin(at, planned.joined.public).sum()),
        protections=attribution.dearest_protections(DEAREST),
        hidden=attribution.dearest_hidden(DEAREST),
        unused=attribution.unused(),
        cells=cells,
    )
