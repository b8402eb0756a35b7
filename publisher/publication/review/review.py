"""review(): all that an approver should see of an edition. Confidential, because of what it says of costs.

Figures are read from public folders alone: of this edition, of the last period's, and of the version that it would
replace. What comes from private/ is handed in as PrivateNotes. See plausibility.py for the questions it asks.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from publisher.model.release_event import Kind
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle.changes import LISTED, TableChanges, compare_tables
from publisher.publication.numbers import grouped
from publisher.publication.periods import period_words
from publisher.publication.public_cells import PublicEdition, read_edition
from publisher.publication.review.lines import (
    CostLine,
    HeadlineLine,
    MovedTable,
    PrivateNotes,
    SpendLine,
    cost_lines,
    headline_lines,
    moved_tables,
    names_of,
    spend_lines,
)
from publisher.publication.review.plausibility import (
    TOTAL_MOVED,
    TOTAL_REVISED,
    Flag,
    alike_flag,
    cell_flags,
    total_flags,
)
from publisher.publication.tables.totals import read_totals
from publisher.release.edition.edition import Edition

NO_NOTES = PrivateNotes()


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
    edition: Edition, *, last: Edition | None, replaces: Edition | None, notes: PrivateNotes = NO_NOTES
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
        headlines=tuple(headline_lines(now, before, older)),
        moved=moved_tables(moved, now, before),
        revision_counts={str(kind): sum(table.count(kind) for table in revised) for kind in LISTED},
        revised=moved_tables(revised, now, older),
        not_compared=tuple(f"{table.table.title}: {table.note}" for table in [*moved, *revised] if table.note),
        costs=tuple(cost_lines(now, cells, notes)),
        spends=tuple(spend_lines(manifest)),
        notes=notes,
    )


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
    yield from cell_flags(table, names_of(table, now, before), since)


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
