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

from publisher.catalogue.plan import Plan
from publisher.publication.calendar_files import write_calendar
from publisher.publication.verify_page import reader_script
from publisher.release.calendar import CalendarLine, lines
from publisher.release.edition import Edition
from publisher.release.seal import seal
from publisher.release.signing import Signer, fingerprint
from publisher.release.site import SiteContent
from publisher.release.transparency.places import Folder
from publisher.release.transparency.verify_log import verify_log
from publisher.release.transparency.verify_site import verify_site
from publisher.settings import Office, Workspace
from tests.lib.fourteen_months import CORRECTED, LATE, PERIODS, REVISED, WITHDRAWN, Life
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


def small_pages(folder: Path, content: SiteContent) -> None:
    """The pages of the tests, and the real calendar."""
    render(folder, content)
    write_calendar(folder, content.leaves, Office())


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Life:
    workspace = make_workspace(tmp_path_factory.mktemp("months") / "w")
    lived = Life(SmallTables(workspace), render=small_pages)
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


def test_the_calendar_file_has_an_event_for_each_release(life: Life) -> None:
    calendar = icalendar.Calendar.from_ical((life.workspace.site / "calendar.ics").read_bytes())
    events = {str(event["UID"]): event for event in calendar.walk("VEVENT")}
    assert len(events) >= len(PERIODS) + 2 + 12
    late = next(event for uid, event in events.items() if LATE in uid)
    assert int(late["SEQUENCE"]) >= 1


def test_nobody_is_named_in_public(life: Life) -> None:
    for path, data in tree(life.workspace.site.resolve()).items():
        assert not any(f'"{name}"'.encode() in data for name in ("ann", "bob", "cem", "dua")), path
