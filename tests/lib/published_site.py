"""A small web root as a publication leaves it: one series, December withdrawn, February corrected, March once."""

import shutil
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from publisher.catalogue.plan import Plan
from publisher.catalogue.pools import published_codelist
from publisher.model.codelist import Codelist
from publisher.model.protected import ProtectedTable
from publisher.model.release_event import ReleaseId
from publisher.publication import write_edition, write_site
from publisher.publication.lifecycle.tombstone import tombstone_files
from publisher.publication.words import ENGLISH, Words
from publisher.release.calendar.lines import announcement
from publisher.release.edition.inventory import inventory
from publisher.release.edition.manifest import FORMAT, AuditSummary, Manifest
from publisher.release.edition.records import encode
from publisher.release.publish.index import PublishedEdition, place_in_series
from publisher.release.transparency.facts import KeyFact, Leaf, RegisterFact
from publisher.settings import Office
from tests.lib.protected_samples import PLAN, three_tables
from tests.lib.public_log import issued, log_of, withdrawn
from tests.lib.revised import revised

OFFICE = Office()
CHANGES = "releases/monthly_trade/2021-02/changes/v1-v2/index.html"
TOMBSTONE = "releases/monthly_trade/2020-12/v1/tables/imports_by_chapter_origin.html"
OVER_TIME = "tables/monthly_trade/imports_by_chapter_origin.html"
RELEASE = "releases/monthly_trade/2021-03/v1/"
TABLES = RELEASE + "tables/"
IMPORTS, TRADERS, EXPORTS = (
    f"{TABLES}{query}.html"
    for query in ("imports_by_chapter_origin", "traders_by_chapter_region", "exports_by_chapter_destination")
)
PAGES = (
    "index.html",
    "catalogue.html",
    "calendar.html",
    "methodology.html",
    "corrections.html",
    "access.html",
    "verify.html",
    "search.html",
    "queries.html",
    "accessibility.html",
    "releases/index.html",
    "releases/monthly_trade/index.html",
    "releases/monthly_trade/2021-02/index.html",
    "releases/monthly_trade/2021-04/index.html",
    "releases/monthly_trade/revisions/index.html",
    "commodities/index.html",
    "commodities/II.html",
    "commodities/09.html",
    "partners/index.html",
    "partners/142.html",
    "partners/CN.html",
    CHANGES,
    TOMBSTONE,
    OVER_TIME,
    "releases/monthly_trade/2020-12/v1/index.html",
    RELEASE + "index.html",
    RELEASE + "methodology.html",
    RELEASE + "dataset.html",
    IMPORTS,
    TRADERS,
    EXPORTS,
)

EDITIONS = (("2020-12", 1), ("2021-02", 1), ("2021-02", 2), ("2021-03", 1))


def build_site(folder: Path, languages: Sequence[Words] = (ENGLISH,)) -> tuple[PublishedEdition, ...]:
    """Writes editions and pages into `folder`; returns the editions, oldest first."""
    editions = place_in_series([_edition(folder, period, version, languages) for period, version in EDITIONS])
    told = leaves(editions)
    editions = place_in_series([edition.manifest for edition in editions], told)
    bury(folder, editions[0], languages)
    write_site(folder, editions, OFFICE, {PLAN.id: PLAN}, told, languages=languages)
    for name in ("entries.jsonl", "checkpoint", "key.pub"):  # release writes these; pages lead to them
        (folder / "log").mkdir(exist_ok=True)
        (folder / "log" / name).write_text("")
    return editions


def copied_site(folder: Path) -> tuple[PublishedEdition, ...]:
    """What build_site() writes in English, from a copy that this process makes once."""
    template, editions = _english()
    shutil.copytree(template.name, folder, dirs_exist_ok=True)
    return editions


@cache
def _english() -> tuple[TemporaryDirectory[str], tuple[PublishedEdition, ...]]:
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="publisher-site-")
    return folder, build_site(Path(folder.name))


def leaves(editions: tuple[PublishedEdition, ...]) -> tuple[Leaf, ...]:
    """December out and withdrawn, February corrected a month later, March with a reader before its time, April
    announced."""
    december, first, second, march = (edition.ref for edition in editions)
    early = (("Ministry of Economy", "Permanent Secretary", "2021-04-14T23:00:00+00:00"),)
    reason = "The mass of mineral fuels was taken in pounds."
    due = PLAN.due("2021-02") + timedelta(days=24)
    service = KeyFact(public_key="5e" * 32, roles=("operate",), revoked=False)
    return log_of(
        ("2021-01-04T08:00:00+00:00", RegisterFact(version=1, keys=(service,), names="0" * 64)),
        ("2021-01-15T00:30:00+00:00", issued(december, due=PLAN.due("2020-12"))),
        ("2021-03-10T08:00:00+00:00", withdrawn(december)),
        ("2021-03-15T00:30:00+00:00", issued(first, due=PLAN.due("2021-02"))),
        ("2021-04-08T00:30:00+00:00", issued(second, "correction", reason, due=due)),
        (
            "2021-04-01T00:30:00+00:00",
            announcement(ReleaseId(PLAN.id, "2021-04", 1), "first", PLAN.title, PLAN.moment("2021-04")),
        ),
        ("2021-04-15T00:30:00+00:00", issued(march, due=PLAN.due("2021-03"), access=early)),
    )


def bury(folder: Path, edition: PublishedEdition, languages: Sequence[Words]) -> None:
    """What a withdrawal leaves of an edition on the site: tombstones, manifest and signature."""
    grave = folder / edition.path
    fact = withdrawn(edition.ref)
    kept = {name: (grave / name).read_bytes() for name in ("manifest.json", "manifest.sig")}
    kept["withdrawn.json"] = encode(fact)
    shutil.rmtree(grave)
    stones = tombstone_files(fact, edition.manifest, OFFICE, PLAN.due("2021-02"), speak=languages)
    for name, content in {**kept, **stones}.items():
        (grave / name).parent.mkdir(parents=True, exist_ok=True)
        (grave / name).write_bytes(content)


def _edition(folder: Path, period: str, version: int, languages: Sequence[Words]) -> Manifest:
    tables = three_tables(period)
    shown = tables if version == 1 else tuple(revised(table) for table in tables)
    public = folder / "releases" / PLAN.id / period / f"v{version}"
    manifest = write_sample(public, period, version, shown, languages)
    latest = folder / "releases" / PLAN.id / "latest" / "data"
    latest.mkdir(parents=True, exist_ok=True)
    for path in (public / "data").iterdir():
        (latest / path.name).write_bytes(path.read_bytes())
    return manifest


def write_sample(
    public: Path,
    period: str,
    version: int,
    tables: Sequence[ProtectedTable],
    languages: Sequence[Words] = (ENGLISH,),
    *,
    plan: Plan = PLAN,
    codelists: Callable[[str], Codelist] = published_codelist,
) -> Manifest:
    """One edition's public files with a manifest that nobody signed."""
    write_edition(public, plan, period, version, tables, OFFICE, codelists=codelists, languages=languages)
    manifest = Manifest(
        format=FORMAT,
        series=PLAN.id,
        period=period,
        version=version,
        title=PLAN.title,
        kind="first" if version == 1 else "correction",
        release=version,
        reason="" if version == 1 else "A number was wrong.",
        due=PLAN.due(period).isoformat(),
        zone=PLAN.schedule.timezone.key,
        approvals_needed=1,
        queries=(),
        snapshots=("s0001",),
        audit=AuditSummary(verdict="passed", findings=0),
        ledger_head="",
        earlier=(),
        files=inventory(public),
    )
    (public / "manifest.json").write_bytes(encode(manifest))
    (public / "manifest.sig").write_bytes(b"{}")
    return manifest
