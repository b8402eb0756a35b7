"""Which cells of an edition to hide, for a reader who holds the earlier editions too. Builds and costs share it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.suppression.assemble import Assembly, Demand, assemble, in_order
from publisher.suppression.editions import Joined, hidden_now, join_editions
from publisher.suppression.history import EarlierTable
from publisher.suppression.quantities import put_back
from publisher.suppression.quantity_stage import HiddenQuantities, hide_quantities
from publisher.suppression.shown import ShownTable
from publisher.suppression.stability import prefer_pattern
from publisher.suppression.stages import StagedPattern, suppress_joined
from publisher.suppression.system import Integers, Mask


@dataclass(frozen=True)
class PlannedEdition:
    """The pattern of an edition, with all that led to it.

    demands   the tables and their rules in the order given, cells by their codes
    assembly  the present edition by itself, costs lowered where the edition before hid
    joined    the same with what earlier editions say
    pattern   over the cells of `joined`
    further   quantities that are hidden without their values, over the same cells
    """

    demands: tuple[Demand, ...] = field(repr=False)
    assembly: Assembly
    joined: Joined = field(repr=False)
    pattern: StagedPattern
    further: HiddenQuantities

    @property
    def hidden(self) -> Mask:
        """bool[present cells]"""
        present = self.assembly.system
        paired = hidden_now(present, self.pattern.suppressed, self.joined.kept)
        return np.asarray(paired | self.further.hidden[: present.cells], dtype=np.bool_)

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

    `before` is the edition that this one follows: its hidden cells are preferred.
    Raises ProtectionError, naming cells by code, where a table cannot be protected, or where an unsafe number is
    public already and its query does not say to go on.
    """
    _refuse_distinct_counts(tables)
    demands = in_order(tables)
    assembly = assemble(demands)
    assembly = replace(assembly, system=prefer_pattern(assembly, demands, before))
    joined = join_editions(assembly, demands, earlier)
    _refuse_public(assembly, demands, joined.public)
    pattern = _values_first(assembly, joined, progress)
    hidden = pattern.suppressed.copy()
    hidden[: assembly.system.cells] |= hidden_now(assembly.system, pattern.suppressed, joined.kept)
    further = hide_quantities(joined, hidden, progress=progress)
    return PlannedEdition(demands, assembly, joined, pattern, further)


def _values_first(assembly: Assembly, joined: Joined, progress: Progress) -> StagedPattern:
    """The pattern of values; in a first edition that which it has where nobody asks for quantities alone."""
    if joined.system is not assembly.system:
        return suppress_joined(joined, assembly.system, progress=progress)
    system = put_back(assembly.system, assembly.together)
    return suppress_joined(replace(joined, system=system), system, progress=progress)


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
