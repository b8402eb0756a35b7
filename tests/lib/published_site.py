"""A small web root as a publication leaves it: one series, February twice (version 2 replaces 1), March once."""

from pathlib import Path

from publisher.publication import write_edition, write_site
from publisher.release.index import PublishedEdition, place_in_series
from publisher.release.inventory import inventory
from publisher.release.manifest import FORMAT, AuditSummary, Manifest
from publisher.release.records import encode
from publisher.settings import Office
from tests.lib.protected_samples import PLAN, three_tables

OFFICE = Office()
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
    "releases/index.html",
    "releases/monthly_trade/index.html",
    "releases/monthly_trade/2021-02/index.html",
    "releases/monthly_trade/2021-04/index.html",
    RELEASE + "index.html",
    RELEASE + "methodology.html",
    RELEASE + "dataset.html",
    IMPORTS,
    TRADERS,
    EXPORTS,
)


def build_site(folder: Path) -> tuple[PublishedEdition, ...]:
    """Writes editions and pages into `folder`; returns the editions, oldest first."""
    manifests = [
        _edition(folder, period, version) for period, version in (("2021-02", 1), ("2021-02", 2), ("2021-03", 1))
    ]
    editions = place_in_series(manifests)
    write_site(folder, editions, OFFICE, {PLAN.id: PLAN})
    return editions


def _edition(folder: Path, period: str, version: int) -> Manifest:
    public = folder / "releases" / PLAN.id / period / f"v{version}"
    write_edition(public, PLAN, period, version, three_tables(period), OFFICE)
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
    latest = folder / "releases" / PLAN.id / "latest" / "data"
    latest.mkdir(parents=True, exist_ok=True)
    for path in (public / "data").iterdir():
        (latest / path.name).write_bytes(path.read_bytes())
    return manifest
