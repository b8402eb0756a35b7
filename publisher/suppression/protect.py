"""The gate of cell suppression: confidential tables in, publishable tables out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from publisher.model.confidential import ConfidentialTable
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import PrintedRanges, ProtectedTable
from publisher.model.status import ConfStatus, ObsStatus
from publisher.suppression.assemble import Demand
from publisher.suppression.decided import as_readers_know
from publisher.suppression.history import EarlierTable
from publisher.suppression.implied import Intervals, implied_intervals, limits
from publisher.suppression.planning import plan_edition
from publisher.suppression.shared import Part
from publisher.suppression.shown import ShownTable
from publisher.suppression.system import UNBOUNDED, Integers, Mask


@dataclass(frozen=True)
class Protection:
    """What came of protecting an edition.

    tables            in the order given
    already_public    codes of unsafe cells, hidden now, whose very number an earlier edition shows. Confidential:
                      for the statistician alone
    """

    tables: tuple[ProtectedTable, ...]
    already_public: tuple[tuple[str, ...], ...] = field(repr=False)


def protect(tables: Sequence[Demand], *, progress: Progress = NO_PROGRESS) -> tuple[ProtectedTable, ...]:
    """The publishable form of all suppression tables of one edition, in the order given.

    Cells that several tables share are one cell: hidden in all or shown in all. Every unsafe cell comes with a
    checked witness that its interval reaches its levels, for its rule measure and for all that shadow it; so does the
    sum of one trader's hidden cells in one line (unions.py).

    Raises ProtectionError, naming cells by code, where a table cannot be protected.
    """
    return protect_edition(tables, progress=progress).tables


def protect_edition(
    tables: Sequence[Demand],
    *,
    earlier: Sequence[EarlierTable] = (),
    before: Sequence[ShownTable] = (),
    progress: Progress = NO_PROGRESS,
) -> Protection:
    """As protect(), against a reader who holds the `earlier` editions of the same period too.

    `before` is the edition that this one follows, in its series or as a revision: its hidden cells are preferred.
    Raises ProtectionError also where an unsafe number is public already and its query does not say to go on.
    """
    planned = plan_edition(tables, earlier=earlier, before=before, progress=progress)
    tables, assembly, hidden = planned.demands, planned.assembly, planned.hidden
    asked = ((part.variables, tables[part.table][1].intervals) for part in assembly.parts)
    exact = limits(assembly.system.cells, asked, int(hidden.sum()))
    intervals = implied_intervals(as_readers_know(assembly.system), hidden, exact_up_to=exact, progress=progress)
    protected = tuple(
        _protected(table, [part for part in assembly.parts if part.table == place], hidden, intervals)
        for place, (table, _) in enumerate(tables)
    )
    return Protection(protected, planned.already_public)


def _protected(
    table: ConfidentialTable, parts: Sequence[Part], suppressed: Mask, intervals: Intervals
) -> ProtectedTable:
    columns: dict[str, pa.Array[Any]] = {
        name: table.cells.column(name).combine_chunks() for name in table.structure.columns
    }
    ranges = []
    hidden = np.zeros(len(table.cells), dtype=np.bool_)
    something = np.zeros(len(table.cells), dtype=np.bool_)
    for measure in table.structure.measures:
        part = next(part for part in parts if part.measure == measure.id)
        away = suppressed[part.variables]
        values = table.cells.column(measure.id).to_numpy()
        columns |= _measure_columns(measure.id, values, away, intervals, part.variables)
        ranges.append(_ranges(measure.id, intervals.exact[part.variables[away]]))
        hidden |= away
        something |= (values != 0) | away
    columns["obs_status"] = _either(hidden, ObsStatus.SUPPRESSED, ObsStatus.NORMAL)
    columns["conf_status"] = _either(hidden, ConfStatus.CONFIDENTIAL, ConfStatus.FREE)
    # rows of zeros are published by having no row, unless a zero is hidden
    cells = pa.table(columns).filter(pa.array(something))
    period, snapshot = table.time_period, table.snapshot
    return ProtectedTable(table.structure, period, snapshot, "suppression", cells, ranges=tuple(ranges))


def _ranges(measure: str, exact: Mask) -> PrintedRanges:
    """`exact` bool[hidden cells]"""
    return PrintedRanges(measure, len(exact), int(exact.sum()))


def _measure_columns(
    name: str, values: Integers, away: Mask, intervals: Intervals, variables: Integers
) -> "dict[str, pa.Array[Any]]":
    """<measure>, <measure>_lower, <measure>_upper; nothing hidden is ever copied into the first."""
    upper = intervals.upper[variables]
    return {
        name: pa.array(np.where(away, 0, values), type=pa.int64(), mask=away),
        f"{name}_lower": pa.array(np.where(away, intervals.lower[variables], 0), type=pa.int64(), mask=~away),
        f"{name}_upper": pa.array(np.where(away, upper, 0), type=pa.int64(), mask=~away | (upper >= UNBOUNDED)),
    }


def _either(hidden: Mask, yes: str, no: str) -> "pa.Array[Any]":
    return pa.array(np.where(hidden, str(yes), str(no)), type=pa.string())
