"""An announced time that passed without an approved edition is lost; only a newly announced one brings it out.

due 15 April, 00:30:00 UTC     approved 00:30:00   00:30:01   never      announced   delayed after
machine asleep till 03:00      published late      refused    refused    yes         no
                               refused                                   yes         yes
                               published           published  refused    no (back edition, correction)
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from publisher.errors import ReleaseError
from publisher.model.release_event import Moment
from publisher.release.approval.hold import hold
from publisher.release.calendar.planned import announcement, next_release
from publisher.release.edition.edition import Edition
from publisher.release.lock import exclusive
from publisher.release.people.service import open_service
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import DelayedFact, Release
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.clock import FakeClock
from tests.lib.release import BUILT, FOUNDED, PLAN, SERIES, approve, build, make_workspace, publish, render, signer

DUE = datetime(2021, 4, 15, 0, 30, tzinfo=UTC)
LATE = DUE + timedelta(hours=2, minutes=30)
SECOND = timedelta(seconds=1)
PERIOD = "2021-03"


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def announce(
    workspace: Workspace, period: str = PERIOD, *, due: datetime | None = None, at: datetime = FOUNDED
) -> None:
    planned = next_release(read_log(workspace), PLAN, period)
    assert planned is not None
    fact = announcement(planned, PLAN.title)
    if due is not None:
        moment = Moment(due, fact.zone)
        fact = fact.model_copy(update={"due": moment.instant.isoformat(), "reason": "Data came late."})
    log_fact(workspace, Draft("announced", who="service", fact=fact), at)


def delay(workspace: Workspace, at: datetime) -> None:
    release = Release(series=SERIES, period=PERIOD, number=1)
    log_fact(workspace, Draft("delayed", who="service", fact=DelayedFact(release=release, reason="not approved")), at)


def log_fact(workspace: Workspace, draft: Draft, at: datetime) -> None:
    with exclusive(workspace):
        append(workspace, draft, open_service(workspace), now=at)


def goes_out(edition: Edition, at: datetime) -> bool:
    try:
        return not publish(edition.workspace, PLAN, edition, at, render).already
    except ReleaseError as refusal:
        assert "was not approved by then" in refusal.message
        assert "Announce a new time" in refusal.remedy
        return False


@pytest.mark.parametrize(("announced", "approved", "out"), [
    (True, DUE - SECOND, True), (True, DUE, True), (True, DUE + SECOND, False), (True, LATE, False),
    (False, DUE - SECOND, True), (False, DUE + SECOND, True), (False, LATE, True),
])  # fmt: skip
def test_approved_by_the_announced_time(workspace: Workspace, announced: bool, approved: datetime, out: bool) -> None:
    if announced:
        announce(workspace)
    edition = build(workspace, PERIOD)
    approve(edition, "bob", now=approved)
    assert goes_out(edition, LATE) is out
    if out:
        assert read_log(workspace).leaves[-1].time == LATE.isoformat()  # the line tells how late


def test_the_last_of_the_needed_persons_counts(workspace: Workspace) -> None:
    announce(workspace)
    edition = build(workspace, PERIOD)
    approve(edition, "bob", now=DUE + SECOND)
    approve(edition, "cem", now=DUE + SECOND)
    assert not goes_out(edition, LATE)


def test_one_more_person_than_needed_may_sign_late(workspace: Workspace) -> None:
    announce(workspace)
    edition = build(workspace, PERIOD)
    approve(edition, "bob", now=DUE)
    approve(edition, "cem", now=LATE)
    assert goes_out(edition, LATE)


def test_what_the_public_was_told_is_delayed_waits_for_a_new_time(workspace: Workspace) -> None:
    announce(workspace)
    edition = build(workspace, PERIOD)
    approve(edition, "bob", now=DUE)
    delay(workspace, DUE + SECOND)
    assert not goes_out(edition, LATE)
    again = LATE + timedelta(days=1)
    announce(workspace, due=again, at=LATE)
    with pytest.raises(ReleaseError, match="due time was changed"):
        publish(workspace, PLAN, edition, again, render)
    following = build(workspace, PERIOD)
    approve(following, "bob", now=again)
    with pytest.raises(ReleaseError, match="not before"):
        publish(workspace, PLAN, following, again - SECOND, render)
    assert goes_out(following, again)


def test_an_edition_that_was_due_before_the_log_began_comes_out_once_it_is_approved(workspace: Workspace) -> None:
    """Even if somebody announced it: nobody could have waited for it."""
    plan_due = datetime(2021, 2, 15, 0, 30, tzinfo=UTC)
    assert plan_due > FOUNDED  # not a back edition by itself
    announce(workspace, "2021-01", due=FOUNDED - SECOND)
    edition = build(workspace, "2021-01")
    approve(edition, "bob", now=BUILT)
    assert goes_out(edition, BUILT)


def test_held_and_approved_anew_after_the_time_is_not_in_time(workspace: Workspace) -> None:
    announce(workspace)
    edition = build(workspace, PERIOD)
    approve(edition, "bob", now=DUE - SECOND)
    hold(edition, "A doubt.", by=signer("bob"), clock=FakeClock(DUE))
    approve(edition, "bob", now=DUE + SECOND)
    assert not goes_out(edition, LATE)
