"""A year and two months of releases, end to end; at the end log, manifests, ledger and site agree to the byte."""

import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import icalendar
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from publisher.catalogue.load import load_plan
from publisher.catalogue.plan import Plan
from publisher.ledger.ledger import open_ledger
from publisher.pipeline import build_release
from publisher.publication.calendar.files import write_calendar
from publisher.publication.lifecycle.verify_page import reader_script
from publisher.release.calendar.calendar import CalendarLine, lines
from publisher.release.edition.edition import Edition
from publisher.release.edition.heads import built_heads, published_heads
from publisher.release.edition.seal import seal
from publisher.release.people.people import open_signer
from publisher.release.people.register import Role
from publisher.release.people.signing import Signer, fingerprint
from publisher.release.publish.site import SiteContent
from publisher.release.transparency.places import Folder
from publisher.release.transparency.verify_log import verify_log
from publisher.release.transparency.verify_site import verify_site
from publisher.settings import Office, Workspace
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from tests.lib import whole
from tests.lib.fourteen_months import CORRECTED, FOUNDED, LATE, PERIODS, REVISED, WITHDRAWN, Life
from tests.lib.release import PASSED, PASSPHRASE, PLAN, contents, make_workspace, render, signer, tree, write_build

BERLIN = replace(PLAN, first_period="2020-01", schedule=replace(PLAN.schedule, timezone=ZoneInfo("Europe/Berlin")))


@dataclass
class SmallTables:
    """One table of a few bytes a month."""

    workspace: Workspace
    plan: Plan = BERLIN
    passphrase: str = PASSPHRASE

    def __post_init__(self) -> None:
        self.revised: dict[str, int] = {}
        self.preparer: Signer = signer("ann")
        self.approver: Signer = signer("bob")
        self.publisher: Signer = signer("dua")

    def build(self, period: str, now: datetime) -> Edition:
        staged = write_build(self.workspace, period, f"figures {self.revised.get(period, 0)}")
        inside = contents(self.workspace, staged, period, plan=self.plan, audit=PASSED)
        return seal(self.workspace, staged, inside, self.preparer, now=now)

    def revise_data(self, period: str) -> None:
        self.revised[period] = self.revised.get(period, 0) + 1


class KoreanImports:
    """The real path over the Korean customs sample: store, protection, noise, audit, pages."""

    passphrase = whole.PASSPHRASE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workspace = whole.filled(folder / "workspace", whole.korean_files(), "kcs", founded=FOUNDED)
        path = self.workspace.releases / whole.SERIES / "plan.toml"
        path.write_text(path.read_text().replace("Asia/Seoul", "Europe/Berlin"))
        self.plan = load_plan(self.workspace, whole.SERIES)
        self.preparer = self.publisher = self._signer(whole.PREPARER, "prepare")
        self.approver = self._signer(whole.APPROVER, "approve")

    def build(self, period: str, now: datetime) -> Edition:
        with whole.opened(self.workspace) as store:
            return build_release(store, whole.SERIES, period, self.preparer, now=now)

    def revise_data(self, period: str) -> None:
        """Ten declarations of the month arrive again under new numbers."""
        head, *rows = whole.korean_files()[0].read_text().splitlines()
        again = [row for row in rows if row.split(",")[1].startswith(period)][:10]
        late = self.folder / f"late-{period}.csv"
        renumbered = (
            f"9{number:07}," + row.partition(",")[2] for number, row in enumerate(again, int(period[-2:]) * 100)
        )
        late.write_text("\n".join([head, *renumbered]) + "\n")
        with whole.opened(self.workspace) as store:
            ingest(store, [late], load_profile("kcs"), who=whole.PREPARER)

    def _signer(self, name: str, role: Role) -> Signer:
        return open_signer(self.workspace, name, whole.PASSPHRASE, role)


def small_pages(folder: Path, content: SiteContent) -> None:
    """The pages of the tests, and the real calendar."""
    render(folder, content)
    write_calendar(folder, content.leaves, Office())


@pytest.fixture(scope="module", params=["small", pytest.param("korea", marks=pytest.mark.slow)])
def life(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Life:
    folder = tmp_path_factory.mktemp("months")
    if request.param == "korea":
        lived = Life(KoreanImports(folder))
    else:
        lived = Life(SmallTables(make_workspace(folder / "w")), render=small_pages)
    lived.run()
    return lived


def log_key(life: Life) -> Ed25519PublicKey:
    service = life.log.register.named("service")
    assert service is not None
    return service.key


def calendar_of(life: Life) -> dict[str, CalendarLine]:
    """By period and number, of what is not still to come."""
    return {
        f"{line.id.period} r{line.id.number}": line for line in lines(life.log.leaves) if line.status != "planned"
    }


def test_everything_came_out_as_it_was_announced(life: Life) -> None:
    calendar = calendar_of(life)
    assert {name: line.status for name, line in calendar.items()} == {
        **{f"{period} r1": "published" for period in PERIODS},
        **{f"{period} r1": "superseded" for period in (REVISED, CORRECTED)},
        **{f"{period} r2": "published" for period in (REVISED, CORRECTED)},
        f"{WITHDRAWN} r1": "withdrawn",
    }
    assert [calendar[f"{period} r2"].kind for period in (REVISED, CORRECTED)] == ["revision", "correction"]
    late = calendar[f"{LATE} r1"]
    assert late.due.instant - late.old_dates[0].due.instant == timedelta(days=8)
    assert "customs office" in late.reason or "customs office" in late.old_dates[0].reason


def test_half_past_nine_in_berlin_summer_and_winter(life: Life) -> None:
    hours = {name: line.due.instant.hour for name, line in calendar_of(life).items() if line.kind == "first"}
    summer = {f"2020-{month:02} r1" for month in range(3, 10)}  # released from April to October
    assert hours == {name: 7 if name in summer else 8 for name in hours}


def test_the_revision_came_out_in_one_step_with_the_month(life: Life) -> None:
    sets = [
        [e.edition.period for e in leaf.fact.editions] for leaf in life.log.leaves if leaf.fact.event == "published"
    ]
    assert [REVISED, "2020-08"] in sets
    assert sum(map(len, sets)) == len(PERIODS) + 2


def test_log_manifests_and_site_agree_and_every_byte_verifies(life: Life) -> None:
    site = Folder(life.workspace.site)
    key = log_key(life)
    report = verify_site(site, key)
    assert report.ok, report
    assert verify_log(life.workspace)
    published = {fact.edition.path: fact for fact in life.log.published.values()}
    for path, fact in published.items():
        edition = Edition(life.workspace, fact.edition.series, fact.edition.period, fact.edition.version)
        assert edition.manifest.ref == fact.edition
        if fact.edition.name not in life.log.withdrawn:
            assert tree(life.workspace.site / path) == tree(edition.public)


def test_every_checkpoint_kept_on_the_way_is_continued(life: Life) -> None:
    site = Folder(life.workspace.site)
    key = log_key(life)
    for public, private in life.kept:
        assert verify_site(site, key, public).ok
        assert verify_log(life.workspace, public) and verify_log(life.workspace, private)


def test_the_readers_script_agrees(life: Life, tmp_path: Path) -> None:
    (tmp_path / "verify.py").write_bytes(reader_script())
    (tmp_path / "old").write_bytes(life.kept[3][0])
    site = life.workspace.site.resolve()
    key = fingerprint(log_key(life))
    command = [sys.executable, "-I", "verify.py", str(site), key, "old"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        done.stdout.count("verified") == len(PERIODS) + 2
        and "WITHDRAWN: The month was taken in twice." in done.stdout
    )


def test_the_ledger_agrees(life: Life) -> None:
    """Each noisy table of each month was measured once, revised or not; every manifest's head is in the ledger."""
    if not isinstance(life.maker, KoreanImports):
        pytest.skip("no noise in the small tables")
    with whole.opened(life.workspace) as store, open_ledger(life.workspace.ledger, store.seal_key) as ledger:
        ledger.verify()
        ledger.require_head({**built_heads(life.workspace), **published_heads(life.workspace)})
        charged = [(charge.query, charge.period) for charge in ledger.charges()]
    assert len(charged) == len(set(charged))
    assert {period for _, period in charged} == set(PERIODS)


def test_the_calendar_file_has_an_event_for_each_release(life: Life) -> None:
    calendar = icalendar.Calendar.from_ical((life.workspace.site / "calendar.ics").read_bytes())
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(events) >= len(PERIODS) + 2 + 12
    late = next(event for uid, event in events.items() if LATE in uid)
    assert int(late["SEQUENCE"]) >= 1


def test_nobody_is_named_in_public(life: Life) -> None:
    for path, data in tree(life.workspace.site.resolve()).items():
        assert not any(f'"{name}"'.encode() in data for name in ("ann", "bob", "cem", "dua")), path
