"""A workspace small enough to build, approve and publish in milliseconds. No store, no real table."""

from collections.abc import Sequence
from datetime import UTC, datetime, time
from fractions import Fraction
from functools import cache
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pyarrow as pa

from publisher.catalogue.plan import Plan, Schedule
from publisher.catalogue.query import Contributor, Query
from publisher.model.audit_report import AuditReport, Finding
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure, TableStructure
from publisher.release.approval import approvals
from publisher.release.approval.revise import revise
from publisher.release.calendar.planned import next_release, release_of
from publisher.release.edition.edition import Edition, stage
from publisher.release.edition.inventory import inventory
from publisher.release.edition.manifest import Contents
from publisher.release.edition.records import sha256
from publisher.release.edition.seal import seal
from publisher.release.edition.verify import VerifyReport
from publisher.release.edition.waiting import out_before
from publisher.release.people.people import add_person, open_signer, private_key_path
from publisher.release.people.service import open_service
from publisher.release.people.signing import Signer, unlock_key
from publisher.release.publish import publish as publishing
from publisher.release.publish.index import PublishedEdition
from publisher.release.publish.prepared import InTwoSteps
from publisher.release.publish.publish import Publication
from publisher.release.publish.site import RenderSite, SiteContent, pages_of
from publisher.release.transparency.facts import ApprovalFact
from publisher.release.transparency.log import read_log
from publisher.release.transparency.places import Folder
from publisher.release.transparency.verify_site import SiteReport, verify_site
from publisher.settings import Workspace
from tests.lib.clock import FakeClock

SERIES = "monthly_trade"
PASSPHRASE = "open sesame"
EARLY = datetime(2021, 4, 15, 0, 29, 59, tzinfo=UTC)  # a second before 2021-03 is due
NOW = datetime(2021, 6, 1, tzinfo=UTC)
FOUNDED = datetime(2020, 1, 4, 8, tzinfo=UTC)  # the people are entered
BUILT = datetime(2021, 4, 12, 8, tzinfo=UTC)  # editions are built and approved

PLAN = Plan(
    id=SERIES,
    title="Monthly trade <statistics>",
    summary="Imports.",
    frequency="monthly",
    first_period="2021-01",
    queries=("imports",),
    schedule=Schedule(lag_days=15, at=time(9, 30), timezone=ZoneInfo("Asia/Seoul")),
    rho_per_year=Fraction(1),
    approvals=1,
)

STRUCTURE = TableStructure(
    id="imports",
    title="Imports",
    summary="Imports.",
    flow="M",
    universe="",
    dimensions=(),
    measures=(Measure(id="statistical_value", title="Value", aggregate="sum", unit="KRW"),),
)
QUERY = Query(
    structure=STRUCTURE,
    contributor=Contributor(column="importer", holding=None),
    protection=SuppressionRules(confidentiality="active", minimum_contributors=3),
    digest="1" * 64,
    policy_digest="2" * 64,
)
PASSED = AuditReport(edition=SERIES, measured=(("primary_cells", 4711),), findings=())
FAILED = AuditReport(edition=SERIES, measured=(), findings=(Finding("feasibility", "imports", "too narrow"),))


@cache
def _template() -> TemporaryDirectory[str]:
    """Keys cost a tenth of a second each, on purpose: made once a process."""
    folder = TemporaryDirectory()
    workspace = Workspace(Path(folder.name) / "w")
    workspace.releases.mkdir(parents=True)
    for name, roles in (
        ("ann", "prepare"),
        ("bob", "approve"),
        ("cem", "approve"),
        ("dua", "prepare approve publish"),
    ):
        by = open_signer(workspace, "ann", PASSPHRASE, "administer") if name != "ann" else None
        add_person(workspace, name, roles.split(), PASSPHRASE, by=by, now=FOUNDED)  # type: ignore[arg-type]
    return folder


def make_workspace(root: Path) -> Workspace:
    """With ann who prepares, bob and cem who approve, and dua who may do all three."""
    copytree(Path(_template().name) / "w", root)
    return Workspace(root)


@cache
def signer(name: str = "ann") -> Signer:
    return Signer(name, unlock_key(private_key_path(Workspace(Path(_template().name) / "w"), name), PASSPHRASE))


def approve(
    edition: Edition, person: str, passphrase: str = PASSPHRASE, *, now: datetime | None = None
) -> ApprovalFact:
    """By someone who reviewed the edition as it lies there."""
    digest = edition.manifest.ref.manifest_sha256
    return approvals.approve(edition, person, passphrase, reviewed=digest, now=now or after(edition.workspace))


def after(workspace: Workspace) -> datetime:
    """A moment that is not before anything logged: BUILT, or that of the last line."""
    return max(BUILT, read_log(workspace).last_time or BUILT)


def write_build(workspace: Workspace, period: str, text: str = "figures") -> Path:
    """A staged folder as the pipeline leaves it, one file of each kind."""
    staged = stage(workspace, SERIES, period)
    for name, content in {
        "index.html": f"<p>{text} {period}</p>",
        "tables/imports.html": f"<table>{text}</table>",
        "tables/imports.1.js": f"rows({text!r})",
        "data/imports.csv": f"time_period,value\n{period},{text}\n",
        "data/imports.parquet": f"PAR1{text}PAR1",
        "metadata/tables.json": f'{{"period":"{period}"}}',
    }.items():
        path = staged / "public" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    (staged / "private" / "audit.json").write_text("{}")
    return staged


def contents(
    workspace: Workspace,
    staged: Path,
    period: str,
    *,
    plan: Plan = PLAN,
    audit: AuditReport = PASSED,
    head: str = "h",
) -> Contents:
    to_come = release_of(workspace, plan, period)
    table = ProtectedTable(STRUCTURE, period, "s0001", "suppression", pa.table({}))
    return Contents(
        plan=plan,
        period=period,
        release=to_come,
        queries=(QUERY,),
        tables=(table,),
        audit=audit,
        audited_files=inventory(staged / "public"),
        earlier=out_before(workspace, to_come),
        ledger_head=head,
    )


def build(
    workspace: Workspace,
    period: str,
    text: str = "figures",
    *,
    plan: Plan = PLAN,
    audit: AuditReport = PASSED,
    by: str = "ann",
    head: str = "h",
) -> Edition:
    if next_release(read_log(workspace), plan, period) is None:
        revise(
            workspace, plan, period, kind="correction", due=NOW, reason="A number was wrong.", by=signer("dua"),
            now=after(workspace),
        )  # fmt: skip
    staged = write_build(workspace, period, text)
    inside = contents(workspace, staged, period, plan=plan, audit=audit, head=head)
    return seal(workspace, staged, inside, signer(by), now=after(workspace))


def build_approved(workspace: Workspace, period: str, text: str = "figures") -> Edition:
    edition = build(workspace, period, text)
    approve(edition, "bob")
    return edition


def render(folder: Path, content: SiteContent) -> None:
    """A home page that names every edition and how long the log is; tombstones."""
    lines = [f'<a href="{edition.path}/index.html">{edition.status}</a>' for edition in content.editions]
    lines.append(f"{len(content.leaves)} lines, the last of {content.time.isoformat()}")
    (folder / "index.html").write_text("\n".join(lines))
    for edition in content.editions:
        for page in pages_of(edition) if edition.withdrawn else ():
            path = folder / edition.path / page
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"withdrawn: {edition.withdrawn.reason}")


def two_steps(setting: str = "") -> InTwoSteps:
    """`render`, and before the time a page of all current editions and a copy of their data, one below the other."""

    def key(editions: Sequence[PublishedEdition]) -> str:
        told = [(edition.ref.manifest_sha256, str(edition.withdrawn)) for edition in editions]
        return sha256(repr((setting, told)).encode())

    def prepare(site: Path, target: Path, editions: Sequence[PublishedEdition], progress: Progress) -> None:
        for name in ("commodities", "data"):
            (target / name).mkdir()
        lines = [f"{edition.path} {edition.status}" for edition in editions]
        (target / "commodities" / "all.html").write_text("\n".join([setting, *lines]))
        there = [edition.path for edition in editions if edition.withdrawn is None]
        (target / "data" / "imports.txt").write_text(
            "".join((site / path / "data" / "imports.csv").read_text() for path in there)
        )

    return InTwoSteps(key, prepare, render)


def publish(
    workspace: Workspace,
    plan: Plan,
    edition: Edition,
    now: datetime,
    render_site: RenderSite,
    *,
    by: Signer | None = None,
    progress: Progress = NO_PROGRESS,
) -> Publication:
    """One edition, by a clock that stands still."""
    return publishing.publish(
        workspace, {plan.id: plan}, [edition], render_site, by=by, clock=FakeClock(now), progress=progress
    )


def release(workspace: Workspace, period: str, text: str = "figures") -> Publication:
    """Build, approve, publish."""
    return publish(workspace, PLAN, build_approved(workspace, period, text), NOW, render)


def checked(site: Path) -> SiteReport:
    """A site held against its log."""
    service = open_service(Workspace(Path(_template().name) / "w"))
    return verify_site(Folder(site.resolve()), service.key.public_key())


def verified(site: Path) -> tuple[VerifyReport, ...]:
    """One report an edition of a site around which nothing is wrong."""
    report = checked(site)
    assert not report.problems, report.problems
    return report.editions


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below: relative path -> bytes."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
