"""The lines of a review: totals, movements, what protection costs readers, what noise costs contributors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from publisher.publication.cell_names import Names, read_names
from publisher.publication.lifecycle.change_lines import ChangeLine, difference_words, movements
from publisher.publication.lifecycle.changes import TableChanges
from publisher.publication.numbers import share
from publisher.publication.public_cells import Described, PublicCells, PublicEdition, read_cells
from publisher.publication.tables.totals import Total, read_totals
from publisher.release.edition.manifest import Manifest

MOVEMENTS = 5  # a measure of each table


@dataclass(frozen=True)
class PatternChange:
    """Of private/protection.json: cells that both editions have, and how many changed their status."""

    common: int
    newly_hidden: int
    newly_shown: int


@dataclass(frozen=True)
class PrivateNotes:
    """What lies in private/ beside an edition. `before` is the edition that the pattern was held against.

    `already_public`: unsafe numbers that an earlier edition shows. `changed_since`: noisy tables whose data changed
    since they were measured. `attacked`: what the audit counted.
    """

    before: str = ""
    patterns: Mapping[str, PatternChange] = field(default_factory=dict)
    already_public: int = 0
    changed_since: tuple[str, ...] = ()
    attacked: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class HeadlineLine:
    """One total: now, in the last period, and in the version that this one replaces; empty where there is none."""

    table: str
    title: str
    measure: str
    now: str
    last: str
    since_last: str
    replaced: str
    since_replaced: str


@dataclass(frozen=True)
class MovedTable:
    table: str
    title: str
    lines: tuple[ChangeLine, ...]


@dataclass(frozen=True)
class CostLine:
    """What protection leaves of one measure of a table. `visible` is a share of its total, at the finest level."""

    table: str
    title: str
    measure: str
    cells: int
    shown: int
    hidden: int
    visible: str
    newly_hidden: int | None
    newly_shown: int | None


@dataclass(frozen=True)
class SpendLine:
    """What a noisy table costs a contributor. rho as exact fractions."""

    table: str
    title: str
    unit: str
    rho: str
    spent: str
    limit: str
    epsilon: str


def headline_lines(
    now: PublicEdition, last: PublicEdition | None, older: PublicEdition | None
) -> Iterator[HeadlineLine]:
    """One a measure of each table that has a total in any of the editions, with the changes since the others."""
    for table in now.tables:
        before, earlier = _totals(last, table), _totals(older, table)
        for total in read_totals(now.folder, table):
            then, replaced = before.get(total.measure.id), earlier.get(total.measure.id)
            if total.kind == "absent" and then is None and replaced is None:
                continue
            yield HeadlineLine(
                table.id,
                table.title,
                f"{total.measure.title}, {total.measure.unit}",
                total.told(),
                then.told() if then else "",
                _difference(then, total),
                replaced.told() if replaced else "",
                _difference(replaced, total),
            )


def _totals(edition: PublicEdition | None, table: Described) -> dict[str, Total]:
    """By measure, in the units of `table`; nothing where the edition counts otherwise."""
    known = edition.by_id.get(table.id) if edition else None
    if edition is None or known is None:
        return {}
    units = {measure.id: (measure.unit, measure.decimals) for measure in table.measures}
    totals = read_totals(edition.folder, known)
    return {
        total.measure.id: total
        for total in totals
        if units.get(total.measure.id) == (total.measure.unit, total.measure.decimals)
    }


def _difference(before: Total | None, now: Total) -> str:
    if before is None or not (before.has_number and now.has_number):
        return ""
    if "noisy" in (before.kind, now.kind) and not (now.lower > before.upper or now.upper < before.lower):
        return "within the margins"
    return difference_words(before.value, now.value, now.measure.decimals)


def moved_tables(
    tables: list[TableChanges], now: PublicEdition, before: PublicEdition | None
) -> tuple[MovedTable, ...]:
    """The largest movements of each table; those without any are left out."""
    found = (MovedTable(t.table.id, t.table.title, movements(t, names_of(t, now, before), MOVEMENTS)) for t in tables)
    return tuple(table for table in found if table.lines)


def names_of(table: TableChanges, now: PublicEdition, before: PublicEdition | None) -> Names:
    """Names of the table's codes, as the newer edition has them where it knows them."""
    return read_names([now.folder, *([before.folder] if before else [])], table.table)


def cost_lines(now: PublicEdition, known: Mapping[str, PublicCells], notes: PrivateNotes) -> Iterator[CostLine]:
    """One a measure of each table. `known` are cells that were read already, by table."""
    for table in now.tables:
        cells = known[table.id] if table.id in known else read_cells(now.folder, table)
        pattern, finest = notes.patterns.get(table.id), _finest(cells)
        for measure, total in zip(table.measures, read_totals(now.folder, table), strict=True):
            numbers = cells.numbers[measure.id]
            shown = int(numbers.shown.sum())
            visible = int(numbers.value[finest & numbers.shown].sum())
            exact = total.kind == "shown" and total.value > 0 and not measure.is_quantile
            yield CostLine(
                table=table.id,
                title=table.title,
                measure=measure.title,
                cells=cells.rows,
                shown=shown,
                hidden=cells.rows - shown,
                visible=share(visible, total.value) if exact else "",
                newly_hidden=pattern.newly_hidden if pattern else None,
                newly_shown=pattern.newly_shown if pattern else None,
            )


def _finest(cells: PublicCells) -> np.ndarray:
    """bool[rows]: at the last level of every dimension."""
    wanted = np.ones(cells.rows, dtype=bool)
    for dimension, levels in zip(cells.table.dimensions, cells.levels, strict=True):
        names = levels.dictionary.to_pylist()
        last = names.index(dimension.levels[-1]) if dimension.levels[-1] in names else -1
        wanted &= np.asarray(levels.indices) == last
    return wanted


def spend_lines(manifest: Manifest) -> Iterator[SpendLine]:
    """One a noisy table, from the signed manifest."""
    for entry in manifest.queries:
        loss = entry.privacy_loss
        if loss is not None:
            epsilon = f"{loss.epsilon:.4g} at delta {loss.delta:.1g}"
            yield SpendLine(entry.id, entry.title, loss.unit, loss.rho, loss.spent_rho, loss.cap_rho, epsilon)
