"""A small office under a clock that the test holds: people, a plan, a scheduler, and what it said."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.model.audit_report import AuditReport
from publisher.model.release_event import Moment, ReleaseId
from publisher.release.calendar import calendar
from publisher.release.edition.edition import Edition
from publisher.release.edition.seal import seal
from publisher.release.lock import exclusive
from publisher.release.publish.site import SiteContent
from publisher.release.schedule.desk import Desk
from publisher.release.schedule.scheduler import Scheduler
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft, Event
from publisher.release.transparency.log import Log, read_log
from tests.lib.clock import FakeClock
from tests.lib.release import PASSED, PLAN, approve, contents, make_workspace, signer, write_build

OPENED = datetime(2021, 3, 1, 8, tzinfo=UTC)
DUE = datetime(2021, 3, 15, 0, 30, tzinfo=UTC)  # of 2021-02: 09:30 in Seoul
FEBRUARY, MARCH = ReleaseId("monthly_trade", "2021-02", 1), ReleaseId("monthly_trade", "2021-03", 1)


def write_pages(folder: Path, content: SiteContent) -> None:
    (folder / "index.html").write_text(f"{len(content.editions)} editions, {len(content.leaves)} lines")


@dataclass
class FakeBuild:
    """Runs until the test gives it a code."""

    release: ReleaseId
    code: int | None = None

    def poll(self) -> int | None:
        return self.code


@dataclass
class Office:
    root: Path
    plans: Mapping[str, Plan] = field(default_factory=lambda: {PLAN.id: PLAN})
    clock: FakeClock = field(default_factory=lambda: FakeClock(OPENED))
    told: list[str] = field(default_factory=list)
    notified: list[str] = field(default_factory=list)
    builds: list[FakeBuild] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.workspace = make_workspace(self.root)

    @property
    def plan(self) -> Plan:
        return next(iter(self.plans.values()))

    @property
    def log(self) -> Log:
        return read_log(self.workspace)

    def desk(self) -> Desk:
        return Desk(
            workspace=self.workspace,
            clock=self.clock,
            plans=lambda: self.plans,
            render_site=write_pages,
            start_build=self._start,
            tell=self.told.append,
            notify=self.notified.append,
        )

    def scheduler(self) -> Scheduler:
        return Scheduler(self.desk())

    def due(self, wait: timedelta = timedelta()) -> None:
        self.scheduler().due(wait)

    def run_until(self, time: datetime) -> None:
        self.scheduler().run(lambda: self.clock.now() >= time)

    def build(self, period: str, text: str = "figures", *, by: str = "ann", audit: AuditReport = PASSED) -> Edition:
        staged = write_build(self.workspace, period, text)
        inside = contents(self.workspace, staged, period, plan=self.plan, audit=audit)
        return seal(self.workspace, staged, inside, signer(by), now=self.clock.now())

    def approved(self, period: str, text: str = "figures") -> Edition:
        edition = self.build(period, text)
        self.approve(edition)
        return edition

    def approve(self, edition: Edition, person: str = "bob") -> None:
        approve(edition, person, now=self.clock.now())

    def announce_anew(self, due: datetime, reason: str = "The office was closed.") -> None:
        """February at another time, by a person, as 'publisher plan announce' does."""
        now = self.clock.now()
        facts = calendar.moved(self.log.leaves, FEBRUARY, Moment(due, "Asia/Seoul"), reason, now)
        with exclusive(self.workspace):
            for fact in facts:
                append(self.workspace, Draft("announced", who="dua", fact=fact), signer("dua"), now=now)

    def events(self, event: Event) -> list[str]:
        """The times of the log's lines of this event."""
        return [entry.time for entry in self.log.of(event)]

    def times(self) -> dict[str, datetime]:
        """When each edition came out."""
        return {
            edition.edition.name.removeprefix("monthly_trade/"): datetime.fromisoformat(leaf.time)
            for leaf in self.log.leaves
            if leaf.fact.event == "published"
            for edition in leaf.fact.editions
        }

    def delays(self) -> dict[str, str]:
        return {
            leaf.fact.release.period: leaf.fact.reason for leaf in self.log.leaves if leaf.fact.event == "delayed"
        }

    def _start(self, release: ReleaseId) -> FakeBuild:
        self.builds.append(FakeBuild(release))
        return self.builds[-1]


def at_the_same_time(*steps: Callable[[], None]) -> None:
    """Each in a thread of its own."""
    threads = [threading.Thread(target=step) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
