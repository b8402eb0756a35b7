"""The whole path from declarations to a public site, one line a stage. Read this file first.

    declarations -> aggregate -> protect -> write -> audit -> seal        build_release()
                                   ... approve -> publish      publication.publishing.publish_release()

Everything confidential lives between `aggregate` and `protect`. What `write`, `seal` and `publish` get can be
given to anyone.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from publisher.aggregate.band_sums import band_sums
from publisher.aggregate.cells import aggregate
from publisher.aggregate.clipped import clipped_sums, norms
from publisher.aggregate.clipped_year import clipped_year
from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.months import months_of
from publisher.aggregate.quantile_rows import quantile_rows
from publisher.aggregate.renumber import renumbered
from publisher.audit.audit import audit
from publisher.audit.secrets import Secrets
from publisher.catalogue.load import load_plan, load_queries
from publisher.catalogue.plan import Plan
from publisher.catalogue.plan_rules import caps_of
from publisher.catalogue.query import Query
from publisher.dp.band.protect import protect_bands
from publisher.dp.behind import data_behind
from publisher.dp.noise_report import write_noise_report
from publisher.dp.periods import protect_period
from publisher.dp.protect import protect as draw_noise
from publisher.dp.quantile_table import protect_quantiles
from publisher.errors import AuditFailedError, ProtectionError, ReleaseError
from publisher.ledger.adopt import adopt
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.audit_report import AuditReport
from publisher.model.confidential import ClippedSums, ConfidentialTable
from publisher.model.level_plan import LevelPlan
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable
from publisher.model.release_event import PlannedRelease
from publisher.model.rules import SuppressionRules
from publisher.publication.edition import write_edition, write_figures
from publisher.publication.speech import languages_of
from publisher.release.calendar.planned import release_of
from publisher.release.edition.edition import Edition, stage
from publisher.release.edition.heads import built_heads, published_heads
from publisher.release.edition.inventory import FileEntry, inventory
from publisher.release.edition.manifest import Contents, EditionRef, Manifest, read_manifest
from publisher.release.edition.said import said
from publisher.release.edition.seal import next_version, published_as, seal
from publisher.release.edition.waiting import out_before
from publisher.release.folders import disk_faults, remove_tree
from publisher.release.people.signing import Signer
from publisher.release.people.staffing import check_lets_prepare
from publisher.release.publish.index import published
from publisher.settings import Workspace, load_settings
from publisher.store.connection import Store
from publisher.store.identifiers import identifiers
from publisher.store.snapshot import Snapshot, expose, find_snapshot, take_snapshot
from publisher.suppression.history import EarlierTable, earlier_table
from publisher.suppression.protect import Protection
from publisher.suppression.protect import protect_edition as hide_cells
from publisher.suppression.report import ProtectionReport, write_report
from publisher.suppression.shown import ShownTable, read_shown
from publisher.suppression.stability import status_changes

Exact = Sequence[tuple[ConfidentialTable, SuppressionRules]]


def build_release(
    store: Store, series: str, period: str, signer: Signer, *, now: datetime, progress: Progress = NO_PROGRESS
) -> Edition:
    """One edition, protected, attacked, signed and sealed; nobody outside can see it yet.

    Where the newest version that is out says the same about the world, that one: then there is nothing to publish.

    Raises ProtectionError, PrivacyBudgetError or ReleaseError; AuditFailedError names the folder with the report.
    Whatever it raises, no half edition is left, and no noise is drawn that was not charged before.
    """
    workspace = store.workspace
    plan, queries = planned(workspace, series, period)
    check_lets_prepare(plan, signer.person)
    snapshot = take_snapshot(store)
    with open_ledger(workspace.ledger, store.seal_key) as ledger:
        ledger.require_head({**built_heads(workspace), **published_heads(workspace)})
        adopt(ledger, caps_of(plan, queries))
        exact = aggregate_exact(store, queries, period, snapshot, progress)
        release = release_of(workspace, plan, period)
        earlier = out_before(workspace, release)
        past = recall(store, (plan.id,), period, snapshot, earlier, progress)
        protection = hide_cells(exact, earlier=past.shown, before=past.before, progress=progress)
        noised = tuple(add_noise(store, plan, queries, period, snapshot, ledger, progress))
        tables = sorted((*protection.tables, *noised), key=lambda table: plan.queries.index(table.structure.id))
        staged = stage(workspace, series, period)
        with disk_faults(str(staged)):
            write_figures(staged / "public", plan, period, tables)
            says = said(staged / "public", inventory(staged / "public"))
            if same := published_as(workspace, plan.id, period, says):
                remove_tree(staged)
                return same
            files = write(workspace, staged, plan, release, tables, says, progress)
            write_report(staged / "private", past.report(protection))
            write_noise_report(staged / "private", store, plan, queries, period, snapshot, ledger)
        report = attack(store, staged / "public", plan, period, exact, past, ledger, progress)
        refuse_failed(staged, report)
        head = ledger.head_of([table.noise.measurement for table in noised if table.noise]).sha256
        contents = Contents(plan, period, release, queries, tables, report, files, earlier, head)
    return seal(workspace, staged, contents, signer, now=now, progress=progress)


def audit_release(store: Store, edition: Edition, *, progress: Progress = NO_PROGRESS) -> AuditReport:
    """Attacks an edition once more as it lies there, against the store as of its snapshot. Spends nothing."""
    workspace = store.workspace
    plan, queries = planned(workspace, edition.series, edition.period)
    exact = [
        table
        for name in edition.manifest.snapshots
        for table in aggregate_as_of(store, queries, edition.period, name)
    ]
    manifest = edition.manifest
    known = {*published(workspace), *manifest.earlier} - {manifest.ref}  # of its set, some may not be out yet
    others = sorted(known, key=lambda ref: (ref.series, ref.period, ref.version))
    snapshot = find_snapshot(store, edition.manifest.snapshots[-1])
    past = recall(store, (plan.id,), edition.period, snapshot, others, progress)
    with open_ledger(workspace.ledger, store.seal_key) as ledger:
        return attack(store, edition.public, plan, edition.period, exact, past, ledger, progress)


def planned(workspace: Workspace, series: str, period: str) -> tuple[Plan, tuple[Query, ...]]:
    """The plan and its queries in the plan's order. Raises CatalogueError, or ReleaseError for another period."""
    plan, queries = load_plan(workspace, series), load_queries(workspace)
    if not plan.covers(period):
        raise ReleaseError(
            f"the plan is {plan.frequency} and begins with {plan.first_period}.",
            place=f"{series}/{period}",
            remedy="Choose a later period written like that one, or set first_period in the plan.",
        )
    return plan, tuple(queries[name] for name in plan.queries)


def aggregate_exact(
    store: Store, queries: Sequence[Query], period: str, snapshot: Snapshot, progress: Progress = NO_PROGRESS
) -> Exact:
    """The confidential tables of the queries under cell suppression, as of a snapshot."""
    expose(store, snapshot)
    wanted = [(query, query.protection) for query in queries if isinstance(query.protection, SuppressionRules)]
    tables = []
    for done, (query, rules) in enumerate(wanted):
        progress("Aggregate", done, len(wanted))
        tables.append((aggregate(store.connection, query, period, snapshot.id), rules))
    progress("Aggregate", len(wanted), len(wanted))
    return tables


def aggregate_as_of(store: Store, queries: Sequence[Query], period: str, name: str) -> Exact:
    return aggregate_exact(store, queries, period, find_snapshot(store, name))


def add_noise(
    store: Store,
    plan: Plan,
    queries: Sequence[Query],
    period: str,
    snapshot: Snapshot,
    ledger: Ledger,
    progress: Progress = NO_PROGRESS,
) -> Iterator[ProtectedTable]:
    """The tables of the queries with noise: measured once and sealed, else read from the seal.

    A quarter or year adds up what is sealed of its months; a year is measured itself where the query plans that.
    """
    expose(store, snapshot)
    wanted = [query for query in queries if query.method != "suppression"]
    for done, query in enumerate(wanted):
        progress("Add noise", done, len(wanted))
        if not plan.measures:
            months = {month: data_behind(store, query, month, snapshot) for month in months_of(period).names}
            sums = partial(year_sums, store, query, period, snapshot)
            yield protect_period(query, period, snapshot.id, months, ledger, sums, progress)
            continue
        data = data_behind(store, query, period, snapshot)
        asked = plan.revisions_of(query.id, period)
        if query.method == "band":
            values = partial(band_sums, store.connection, query, period, snapshot.id)
            yield protect_bands(query, period, data, ledger, values, revisions=asked, progress=progress)
            continue
        if query.structure.of_quantiles:
            rows = partial(quantile_rows, store.connection, query, period, snapshot.id)
            yield protect_quantiles(query, period, data, ledger, rows, revisions=asked, progress=progress)
            continue
        sums = partial(clipped_sums, store.connection, query, period, snapshot.id)
        sizes = partial(norms, store.connection, query, period)
        yield draw_noise(query, period, data, ledger, sums, sizes, revisions=asked, progress=progress)
    progress("Add noise", len(wanted), len(wanted))


def year_sums(
    store: Store,
    query: Query,
    year: str,
    snapshot: Snapshot,
    months: Mapping[str, str],
    clip: int,
    clip_months: int,
    plan: LevelPlan | None = None,
) -> ClippedSums:
    """Sums of the vectors of a year, each month as of the snapshot that it was measured at. `snapshot` is exposed
    again afterwards."""

    def expose_named(name: str) -> None:
        expose(store, find_snapshot(store, name))

    try:
        return clipped_year(store.connection, query, year, months, expose_named, clip, clip_months, plan)
    finally:
        expose(store, snapshot)


def write(
    workspace: Workspace,
    staged: Path,
    plan: Plan,
    release: PlannedRelease,
    tables: Sequence[ProtectedTable],
    says: str,
    progress: Progress,
) -> tuple[FileEntry, ...]:
    """Writes public/ and says what is in it. A page names its version, which what the edition `says` decides."""
    office, public, period = load_settings(workspace).office, staged / "public", release.id.period
    version, speech = next_version(workspace, plan.id, period, says), languages_of(office, workspace)
    write_edition(public, plan, period, version, tables, office, due=release.due, progress=progress, languages=speech)
    return inventory(public)


@dataclass(frozen=True)
class Past:
    """What was published before, as far as a new edition must look back.

    earlier   every edition ever published
    exact     the confidential tables behind those of the same period, as of their snapshots
    shown     the same, with what they show
    previous  the edition that this one follows: the version before, else the last of the period before; if any
    before    what that one shows
    """

    earlier: Sequence[EditionRef]
    exact: Exact
    shown: Sequence[EarlierTable]
    previous: EditionRef | None
    before: Sequence[ShownTable]

    @property
    def editions(self) -> tuple[str, ...]:
        """The names of those of the same period that show anything exact."""
        return tuple(dict.fromkeys(table.edition for table in self.shown))

    def report(self, protection: Protection) -> ProtectionReport:
        name = self.previous.name if self.previous else None
        return ProtectionReport(name, status_changes(protection.tables, self.before), protection.already_public)


def recall(
    store: Store,
    series: Collection[str],
    period: str,
    snapshot: Snapshot,
    earlier: Sequence[EditionRef],
    progress: Progress = NO_PROGRESS,
) -> Past:
    """Reads what the editions of the same period showed, of any series, and makes again what was behind it.

    `series` are those that the new edition may follow: one in a build.
    Raises ProtectionError where that cannot be made again: then nobody knows what the edition gives away.
    """
    workspace, queries = store.workspace, load_queries(store.workspace)
    expose(store, snapshot)
    # made of the snapshot that is exposed: now, before an earlier one is
    pseudonyms(store.connection, snapshot.id)
    exact, shown = [], []
    for ref in [ref for ref in earlier if ref.period == period]:
        public = workspace.edition(ref.series, ref.period, ref.version) / "public"
        for table, rules in behind(store, read_manifest(public), queries, snapshot, progress):
            exact.append((table, rules))
            shown.append(earlier_table(ref.name, public, (table, rules)))
    previous = followed(series, period, earlier)
    folder = workspace.edition(previous.series, previous.period, previous.version) / "public" if previous else None
    structures = [query.structure for query in queries.values() if query.method == "suppression"]
    before = [read_shown(folder, structure) for structure in structures] if folder else []
    return Past(earlier, exact, shown, previous, [table for table in before if table is not None])


def behind(
    store: Store, manifest: Manifest, queries: Mapping[str, Query], snapshot: Snapshot, progress: Progress
) -> Iterator[tuple[ConfidentialTable, SuppressionRules]]:
    """The confidential tables of an edition as of its snapshots, with the pseudonyms of `snapshot`."""
    for entry in manifest.queries:
        if entry.method == "suppression":
            query = queries.get(entry.id)
            if query is None or query.method != entry.method:
                raise ProtectionError(
                    f"{manifest.ref.name} shows this table, and no query says any more how it was made.",
                    place=entry.id,
                    remedy=f"Put queries/{entry.id}.toml back as it was; it need not be in the plan.",
                )
            then = find_snapshot(store, entry.snapshot)
            for table, rules in aggregate_exact(store, [query], manifest.period, then, progress):
                yield renumbered(store.connection, query, table, snapshot.id), rules


def followed(series: Collection[str], period: str, earlier: Sequence[EditionRef]) -> EditionRef | None:
    """The newest version of the latest period up to this one."""
    own = [ref for ref in earlier if ref.series in series and ref.period <= period]
    return max(own, key=lambda ref: (ref.period, ref.version), default=None)


def attack(
    store: Store,
    public: Path,
    plan: Plan,
    period: str,
    exact: Exact,
    past: Past,
    ledger: Ledger,
    progress: Progress,
) -> AuditReport:
    """The audit's verdict over `public` together with all that was published before."""
    workspace = store.workspace
    folders = [workspace.edition(ref.series, ref.period, ref.version) / "public" for ref in past.earlier]
    return audit(
        f"{plan.id}/{period}",
        public,
        folders,
        exact,
        Secrets(identifiers(store, months_of(period).names)),
        ledger.charges(),
        history=past.exact,
        queries=plan.queries,
        progress=progress,
    )


def refuse_failed(staged: Path, report: AuditReport) -> None:
    """Keeps the report where the approver would look for it; raises AuditFailedError where the attacker got in."""
    path = staged / "private" / "audit.json"
    path.write_text(json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")
    if not report.passed:
        first = report.findings[0]
        raise AuditFailedError(
            f"the audit found {len(report.findings)} ways in, the first: {first.problem}",
            place=f"{first.place} {' '.join(first.cell)}".strip(),
            remedy=f"Read {path}; change the query or the data and build again.",
        )
