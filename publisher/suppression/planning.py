"""Which cells of an edition to hide, for a reader who holds the earlier editions too. Builds and costs share it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.assemble import Assembly, Demand, assemble, in_order
from publisher.suppression.editions import Joined, hidden_now, join_editions
from publisher.suppression.feasible import refusal
from publisher.suppression.history import EarlierTable
from publisher.suppression.shown import ShownTable
from publisher.suppression.stability import prefer_pattern
from publisher.suppression.stages import StagedPattern, suppress_joined
from publisher.suppression.system import Integers, Mask
from publisher.suppression.union_ways import protect_unions
from publisher.suppression.unions import Unions, find_unions

NO_CELLS = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True)
class PlannedEdition:
    """The pattern of an edition, with all that led to it.

    demands   the tables and their rules in the order given, cells by their codes
    assembly  the present edition by itself, costs lowered where the edition before hid
    joined    the same with what earlier editions say
    pattern   over the cells of `joined`
    """

    demands: tuple[Demand, ...] = field(repr=False)
    assembly: Assembly
    joined: Joined = field(repr=False)
    pattern: StagedPattern

    @property
    def hidden(self) -> Mask:
        """bool[present cells]"""
        return hidden_now(self.assembly.system, self.pattern.suppressed)

    @property
    def already_public(self) -> tuple[tuple[str, ...], ...]:
        """Codes of unsafe cells, hidden from now on, whose very number an earlier edition shows."""
        return tuple(self.assembly.system.label(cell) for cell in self.joined.public.tolist())


def plan_edition(
    tables: Sequence[Demand],
    *,
    earlier: Sequence[EarlierTable] = (),
    before: Sequence[ShownTable] = (),
    progress: Progress = NO_PROGRESS,
) -> PlannedEdition:
    """A pattern that protects every unsafe cell of `tables` and of the `earlier` editions of the same period.

    So it does the sum of one trader's hidden cells in one line (unions.py). `before` is the edition that this one
    follows: its hidden cells are preferred.
    Raises ProtectionError, naming cells by code, where a table cannot be protected, or where an unsafe number is
    public already and its query does not say to go on.
    """
    _refuse_distinct_counts(tables)
    demands = in_order(tables)
    assembly = assemble(demands)
    assembly = replace(assembly, system=prefer_pattern(assembly, demands, before))
    joined = join_editions(assembly, demands, earlier)
    _refuse_public(assembly, demands, joined.public)
    staged = suppress_joined(joined, assembly.system, progress=progress)
    return PlannedEdition(demands, assembly, joined, _with_unions(assembly, demands, joined, staged, progress))


def _with_unions(
    assembly: Assembly, demands: Sequence[Demand], joined: Joined, staged: StagedPattern, progress: Progress
) -> StagedPattern:
    """The pattern with what unions of cells need. Where that hides more, all that was proved is checked again."""

    def unions(hidden: Mask) -> Unions:
        return find_unions(assembly, demands, hidden_now(assembly.system, hidden))

    found = protect_unions(joined.system, staged.suppressed, staged.witnesses, unions, progress=progress)
    pattern = replace(staged, suppressed=found.hidden, witnesses=(*staged.witnesses, *found.witnesses))
    left = pattern.unproven() if np.any(found.hidden != staged.suppressed) else NO_CELLS
    if len(left):
        raise refusal(joined.system, left)
    return pattern


def _refuse_public(assembly: Assembly, tables: Sequence[Demand], public: Integers) -> None:
    """Nothing can be taken back; whether to go on is the office's word, in the query."""
    firm = [part.variables for part in assembly.parts if tables[part.table][1].already_published == "refuse"]
    refused = np.intersect1d(public, np.concatenate([np.zeros(0, dtype=np.int64), *firm])).tolist()
    if refused:
        cells = tuple(assembly.system.label(cell) for cell in refused)
        raise ProtectionError(
            f"{len(cells)} unsafe numbers are public already: an earlier edition of the period shows the same: "
            + "; ".join("/".join(codes) for codes in cells[:10])
            + ("; ..." if len(cells) > 10 else "")
            + ".",
            cells=cells,
            remedy='They cannot be taken back. Set already_published = "hide" in [protection] of the query to hide '
            "them from now on and protect all others.",
        )


def _refuse_distinct_counts(tables: Sequence[Demand]) -> None:
    for table, _ in tables:
        for measure in table.structure.measures:
            if measure.aggregate == "count_distinct":
                raise ProtectionError(
                    f"measure {measure.id} counts distinct values, which do not add up to their margins.",
                    place=table.structure.id,
                    remedy="Publish it by a differentially private query.",
                )
