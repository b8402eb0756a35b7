"""review(): all that an approver should see of an edition. Confidential, because of what it says of costs.

Figures are read from public folders alone: of this edition, of the last period's, and of the version that it would
replace. What comes from private/ is handed in as PrivateNotes. See plausibility.py for the questions it asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np

from publisher.model.release_event import Kind
from publisher.publication.cell_names import Names, read_names
from publisher.publication.change_lines import ChangeLine, difference_words, movements
from publisher.publication.changes import LISTED, TableChanges, compare_tables
from publisher.publication.edition_pages import moment
from publisher.publication.numbers import grouped, share
from publisher.publication.periods import period_words
from publisher.publication.plausibility import (
    TOTAL_MOVED,
    TOTAL_REVISED,
    Flag,
    alike_flag,
    cell_flags,
    total_flags,
)
from publisher.publication.public_cells import Described, PublicCells, PublicEdition, read_cells, read_edition
from publisher.publication.totals import Total, read_totals
from publisher.release.edition import Edition
from publisher.release.manifest import Manifest

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


@dataclass(frozen=True)
class Review:
    """`digest` is the SHA-256 of the manifest: approval is given to it and to nothing else.

    `kind` and `reason` say why there is this release of the period; `due` is ISO 8601, `planned_for` it in words.
    """

    edition: str
    title: str
    period: str
    version: int
    digest: str
    kind: Kind
    reason: str
    due: str
    planned_for: str
    verdict: str
    findings: int
    combined_with: tuple[str, ...]
    last: str
    replaces: str
    flags: tuple[Flag, ...]
    headlines: tuple[HeadlineLine, ...]
    moved: tuple[MovedTable, ...]
    revision_counts: Mapping[str, int]
    revised: tuple[MovedTable, ...]
    not_compared: tuple[str, ...]
    costs: tuple[CostLine, ...]
    spends: tuple[SpendLine, ...]
    notes: PrivateNotes


def review(
    edition: Edition, *, last: Edition | None, replaces: Edition | None, notes: PrivateNotes = PrivateNotes()
) -> Review:
    """`last` is the edition of the period before, `replaces` the version before of the same one; published ones.

    Raises ReleaseError where a folder holds no edition, or one that was withdrawn.
    """
    manifest, now = edition.manifest, read_edition(edition.public)
    before = read_edition(last.public) if last else None
    older = read_edition(replaces.public) if replaces else None
    moved = compare_tables(before, now) if before else []
    revised = compare_tables(older, now) if older else []
    cells = {table.table.id: table.compared.new for table in [*moved, *revised] if table.compared}
    return Review(
        edition=edition.name,
        title=manifest.title,
        period=period_words(manifest.period),
        version=manifest.version,
        digest=manifest.ref.manifest_sha256,
        kind=manifest.kind,
        reason=manifest.reason,
        due=manifest.due,
        planned_for=moment(manifest.moment.local).words,
        verdict=manifest.audit.verdict,
        findings=manifest.audit.findings,
        combined_with=tuple(ref.name for ref in manifest.earlier),
        last=before.name if before else "",
        replaces=older.name if older else "",
        flags=tuple(_flags(now, before, older, moved, revised, notes)),
        headlines=tuple(_headlines(now, before, older)),
        moved=_moved(moved, now, before),
        revision_counts={str(kind): sum(table.count(kind) for table in revised) for kind in LISTED},
        revised=_moved(revised, now, older),
        not_compared=tuple(f"{table.table.title}: {table.note}" for table in [*moved, *revised] if table.note),
        costs=tuple(_costs(now, cells, notes)),
        spends=tuple(_spends(manifest)),
        notes=notes,
    )


def _headlines(now: PublicEdition, last: PublicEdition | None, older: PublicEdition | None) -> Iterator[HeadlineLine]:
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
                total.words,
                then.words if then else "",
                _difference(then, total),
                replaced.words if replaced else "",
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


def _moved(tables: list[TableChanges], now: PublicEdition, before: PublicEdition | None) -> tuple[MovedTable, ...]:
    found = (MovedTable(t.table.id, t.table.title, movements(t, _names(t, now, before), MOVEMENTS)) for t in tables)
    return tuple(table for table in found if table.lines)


def _names(table: TableChanges, now: PublicEdition, before: PublicEdition | None) -> Names:
    return read_names([now.folder, *([before.folder] if before else [])], table.table)


def _flags(
    now: PublicEdition,
    last: PublicEdition | None,
    older: PublicEdition | None,
    moved: list[TableChanges],
    revised: list[TableChanges],
    notes: PrivateNotes,
) -> Iterator[Flag]:
    for edition, tables, limit in ((last, moved, TOTAL_MOVED), (older, revised, TOTAL_REVISED)):
        if edition is None:
            continue
        since = f"{period_words(edition.period)}, version {edition.version}"
        for table in tables:
            yield from _table_flags(table, now, edition, since, limit)
            if edition is last:
                yield from alike_flag(table, since)
    yield from _private_flags(now, notes)


def _table_flags(
    table: TableChanges, now: PublicEdition, before: PublicEdition, since: str, limit: Fraction
) -> Iterator[Flag]:
    if table.note:
        yield Flag(table.table.title, f"Not compared with {since}: {table.note}.")
        return
    old, new = (read_totals(e.folder, e.by_id[table.table.id]) for e in (before, now))
    yield from total_flags(table.table.title, old, new, since, limit)
    yield from cell_flags(table, _names(table, now, before), since)


def _private_flags(now: PublicEdition, notes: PrivateNotes) -> Iterator[Flag]:
    """What only the office knows."""
    for identifier in notes.changed_since:
        title = now.by_id[identifier].title if identifier in now.by_id else identifier
        yield Flag(
            title, "Declarations changed since the noise was drawn. The figures are of what was measured then."
        )
    if notes.already_public:
        text = f"{grouped(notes.already_public)} unsafe numbers that are hidden here stand in an earlier edition."
        yield Flag("All tables", text)


def _costs(now: PublicEdition, known: Mapping[str, PublicCells], notes: PrivateNotes) -> Iterator[CostLine]:
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


def _spends(manifest: Manifest) -> Iterator[SpendLine]:
    for entry in manifest.queries:
        loss = entry.privacy_loss
        if loss is not None:
            epsilon = f"{loss.epsilon:.4g} at delta {loss.delta:.1g}"
            yield SpendLine(entry.id, entry.title, loss.unit, loss.rho, loss.spent_rho, loss.cap_rho, epsilon)
