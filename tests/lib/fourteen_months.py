"""Fourteen months in the life of an office, by a clock that the test holds: every event that a release can meet.

    2020-01 .. 2021-02   a first release each month at 09:30 in Berlin, 15 days after the month
    2020-05              the data come late: the time passes, readers are told, a new date is announced
    2020-07              a scheduled revision comes out with August's first release, in one step
    2020-09              a correction, a month after it came out
    2020-11              withdrawn
    2020-03, 2020-10     summer time begins and ends before their releases
    2020-12              comes out in the next year

The same script runs over editions of one small table (fast) and over the Korean sample (slow): `Maker`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from publisher.catalogue.plan import Plan
from publisher.model.release_event import Kind, Moment, ReleaseId
from publisher.publication.publishing import site_renderer
from publisher.release.approval.approvals import approve
from publisher.release.approval.reviewed import last_reviewed, note_review
from publisher.release.approval.revise import revise
from publisher.release.calendar.calendar import moved, open_release
from publisher.release.edition.edition import Edition
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.publish.site import RenderSite
from publisher.release.publish.withdraw import withdraw
from publisher.release.schedule.data_in import declare_data_in
from publisher.release.schedule.desk import Desk
from publisher.release.schedule.scheduler import Scheduler
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import AnnouncedFact
from publisher.release.transparency.log import Log, checkpoint_path, read_log
from publisher.settings import Workspace
from tests.lib.clock import FakeClock

PERIODS = (*(f"2020-{month:02}" for month in range(1, 13)), "2021-01", "2021-02")
FOUNDED = datetime(2020, 1, 6, 8, tzinfo=UTC)
LATE, REVISED, CORRECTED, WITHDRAWN = "2020-05", "2020-07", "2020-09", "2020-11"
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


class Maker(Protocol):
    """Makes editions. The approver's key opens with `passphrase`."""

    workspace: Workspace
    plan: Plan
    preparer: Signer
    approver: Signer
    publisher: Signer
    passphrase: str

    def build(self, period: str, now: datetime) -> Edition: ...

    def revise_data(self, period: str) -> None: ...


@dataclass
class Life:
    """What happened, as the test checks it: when each edition came out, and checkpoints kept on the way."""

    maker: Maker
    clock: FakeClock = field(default_factory=lambda: FakeClock(FOUNDED))
    render: RenderSite | None = None
    told: list[str] = field(default_factory=list)
    kept: list[tuple[bytes, bytes]] = field(default_factory=list)
    each_month: Callable[["Life", str], None] = lambda life, period: None

    @property
    def workspace(self) -> Workspace:
        return self.maker.workspace

    @property
    def log(self) -> Log:
        return read_log(self.workspace)

    def run(self) -> None:
        for period in PERIODS:
            self._month(period)
            self.kept.append((self.log.public_checkpoint(), checkpoint_path(self.workspace).read_bytes()))
            self.each_month(self, period)

    def due(self) -> None:
        Scheduler(self._desk()).due()

    def _month(self, period: str) -> None:
        due = self.maker.plan.moment(period).instant
        self.at(due - 5 * DAY)
        self.due()
        if period == LATE:
            self._late(period, due)
            return
        together = [REVISED] if period == "2020-08" else []
        if together:
            self.maker.revise_data(REVISED)
            self._ask(REVISED, "revision", due, "Late declarations came in.")
        declare_data_in(self.workspace, self.maker.plan, period, by=self.maker.preparer, now=self.clock.now())
        editions = [self._ready(each) for each in (*together, period)]
        self._wait_for(due, editions)
        self._after(period)

    def _ready(self, period: str) -> Edition:
        """Built, reviewed and approved, each by who may."""
        edition = self.maker.build(period, self.clock.now())
        self.clock.sleep(3600)
        note_review(edition, "0" * 64, by=self.maker.approver, now=self.clock.now())
        who = self.maker.approver.person
        approve(edition, who, self.maker.passphrase, reviewed=last_reviewed(edition, who), now=self.clock.now())
        return edition

    def _wait_for(self, due: datetime, editions: list[Edition]) -> None:
        """A second before there is nothing; at its time they are out, all in one line."""
        lines = len(self.log.lines)
        self.at(due - SECOND)
        self.due()
        assert not any(edition.name in self.log.published for edition in editions)
        self.at(due)
        self.due()
        assert all(edition.name in self.log.published for edition in editions)
        published = [entry for entry in self.log.entries[lines:] if entry.event == "published"]
        assert [datetime.fromisoformat(entry.time) for entry in published] == [due]

    def _late(self, period: str, due: datetime) -> None:
        """No data: the scheduler tells readers; a person announces another date, and it comes out then."""
        self.at(due)
        self.due()
        assert any(entry.event == "delayed" for entry in self.log.entries)
        self.at(due + DAY)
        new = due + 8 * DAY
        self._announce(period, new, "The data of one customs office came a week late.")
        declare_data_in(self.workspace, self.maker.plan, period, by=self.maker.preparer, now=self.clock.now())
        self._wait_for(new, [self._ready(period)])

    def _announce(self, period: str, due: datetime, reason: str) -> None:
        plan, by, now = self.maker.plan, self.maker.publisher, self.clock.now()
        line = open_release(self.log.leaves, plan.id, period)
        facts: tuple[AnnouncedFact, ...] = moved(self.log.leaves, line.id, Moment(due, line.due.zone), reason, now)
        with exclusive(self.workspace):
            for fact in facts:
                append(
                    self.workspace, Draft("announced", who=by.person, release=fact.release, fact=fact), by, now=now
                )

    def _after(self, period: str) -> None:
        """What happens between two releases."""
        if period == "2020-10":
            self.clock.sleep(3600)
            self.maker.revise_data(CORRECTED)
            due = self.clock.now() + timedelta(hours=2)
            self._ask(CORRECTED, "correction", due, "A file was counted twice.")
            edition = self._ready(CORRECTED)
            self._wait_for(due, [edition])
        if period == "2020-12":
            self.clock.sleep(3600)
            withdraw(
                self.workspace, f"{self.maker.plan.id}/{WITHDRAWN}/v1", reason="The month was taken in twice.",
                contact="statistics@example.org", known="Whoever has a copy has the wrong figures.",
                by=self.maker.publisher, clock=self.clock, render_site=self._renderer(),
            )  # fmt: skip

    def _ask(self, period: str, kind: Kind, due: datetime, reason: str) -> ReleaseId:
        return revise(
            self.workspace, self.maker.plan, period, kind=kind, due=due, reason=reason,
            by=self.maker.publisher, now=self.clock.now(),
        )  # fmt: skip

    def at(self, moment: datetime) -> None:
        """The clock never goes back."""
        self.clock.set(max(moment, self.clock.now()))

    def _renderer(self) -> RenderSite:
        return self.render or site_renderer(self.workspace)

    def _desk(self) -> Desk:
        return Desk(
            workspace=self.workspace,
            clock=self.clock,
            plans=lambda: {self.maker.plan.id: self.maker.plan},
            render_site=self._renderer(),
            start_build=lambda release: None,
            tell=self.told.append,
            notify=self.told.append,
        )
