"""The scheduler at the clock's edges: never a second early, within a minute after, once."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from publisher.catalogue.frequency import last_day
from publisher.catalogue.plan import Schedule
from publisher.release.schedule.clock_correction import correct_clock
from tests.lib.office import DUE, OPENED, Office
from tests.lib.release import PLAN, signer

SECOND = timedelta(seconds=1)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "w")
    office.due()
    return office


def test_the_first_round_announces_a_year(office: Office) -> None:
    dates = [fact.due for fact in office.log.announced.values()]
    assert dates[0] == "2021-03-15T00:30:00+00:00"
    assert len(dates) == 12 and dates == sorted(dates)
    before = office.log.lines
    office.due()
    assert office.log.lines == before


@pytest.mark.parametrize(("seconds", "out"), [(-1, False), (0, True), (59, True), (86_400 * 3, True)])
def test_never_a_second_early(office: Office, seconds: int, out: bool) -> None:
    """
    a second before: nothing · at its time, 59 seconds after, three days after (missed runs): out
    """
    office.approved("2021-02")
    office.clock.set(DUE + seconds * SECOND)
    office.due()
    assert bool(office.times()) is out
    assert not office.delays()


def test_run_publishes_on_the_second(office: Office) -> None:
    office.clock.set(DUE - timedelta(seconds=33))
    office.approved("2021-02")
    office.run_until(DUE + timedelta(seconds=30))
    assert office.times() == {"2021-02/v1": DUE}


def test_due_waits_for_what_comes_within_its_minute_and_a_half(office: Office) -> None:
    office.clock.set(DUE - 80 * SECOND)
    office.approved("2021-02")
    office.due(90 * SECOND)
    assert office.times() == {"2021-02/v1": DUE}
    assert office.clock.now() == DUE


def test_due_does_not_wait_for_what_comes_later(office: Office) -> None:
    office.clock.set(DUE - 100 * SECOND)
    office.approved("2021-02")
    office.due(90 * SECOND)
    assert not office.times()
    assert office.clock.now() == DUE - 100 * SECOND


def test_a_machine_that_slept_over_the_time_publishes_when_it_wakes(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE - 2 * SECOND)
    sleeps: list[float] = []

    def sleep(seconds: float) -> None:
        sleeps.append(seconds)
        office.clock.asleep(3600 if len(sleeps) == 1 else seconds)

    office.clock.sleep = sleep  # type: ignore[method-assign]
    office.run_until(DUE + timedelta(hours=1, minutes=1))
    assert office.times() == {"2021-02/v1": DUE - 2 * SECOND + timedelta(hours=1)}
    assert max(sleeps) <= 5


@pytest.mark.parametrize(
    ("zone", "at", "period", "due"),
    [
        ("Europe/Berlin", time(2, 30), "2021-03", "2021-03-28T01:30:00+00:00"),  # does not exist: after the gap
        ("Europe/Berlin", time(2, 30), "2021-10", "2021-10-31T01:30:00+00:00"),  # twice: the second
        ("Europe/Berlin", time(9, 30), "2021-10", "2021-10-31T08:30:00+00:00"),
        ("Australia/Lord_Howe", time(9, 30), "2021-04", "2021-04-03T23:00:00+00:00"),
    ],
)
def test_days_on_which_clocks_change(tmp_path: Path, zone: str, at: time, period: str, due: str) -> None:
    moment = datetime.fromisoformat(due)
    lag = (moment.astimezone(ZoneInfo(zone)).date() - last_day(_before(period))).days
    plan = replace(PLAN, schedule=Schedule(lag_days=lag, at=at, timezone=ZoneInfo(zone)))
    office = Office(tmp_path / "w", {plan.id: plan})
    office.due()
    assert office.log.announced
    office.clock.set(moment - timedelta(seconds=23))
    office.approved(_before(period))
    office.run_until(moment + timedelta(seconds=7))
    assert office.times() == {f"{_before(period)}/v1": moment}


def _before(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year}-{month - 1:02d}"


def test_the_year_changes(office: Office) -> None:
    due = datetime(2022, 1, 15, 0, 30, tzinfo=UTC)
    office.clock.set(due - timedelta(minutes=1))
    for period in [f"2021-{month:02d}" for month in range(2, 12)]:
        assert period not in office.times()
    office.due()  # all that was due in between is late
    assert len(office.delays()) == 10
    office.approved("2021-12")
    office.run_until(due + SECOND)
    assert office.times() == {"2021-12/v1": due}


def test_a_clock_set_back_before_the_time_makes_it_no_earlier(office: Office) -> None:
    office.clock.set(DUE - timedelta(minutes=2))
    office.approved("2021-02")
    office.clock.set(DUE - timedelta(minutes=5))
    office.run_until(DUE - timedelta(minutes=3))
    assert not office.times()
    assert [line for line in office.told if "the clock stands" in line] == [office.told[-1]]
    office.run_until(DUE + SECOND)
    assert office.times() == {"2021-02/v1": DUE}


def test_a_clock_set_back_after_a_publication_changes_nothing(office: Office) -> None:
    office.approved("2021-02")
    office.clock.set(DUE)
    office.due()
    lines = office.log.lines
    office.clock.set(DUE - timedelta(minutes=1))
    office.due()
    office.run_until(DUE + timedelta(minutes=1))
    assert office.log.lines == lines


@pytest.mark.parametrize(("days", "told"), [(400, True), (401, False)])
def test_a_clock_that_runs_years_ahead_tells_readers_nothing(office: Office, days: int, told: bool) -> None:
    last = office.log.last_time
    assert last is not None
    office.clock.set(last + timedelta(days=days))
    office.due()
    assert bool(office.delays()) is told
    if not told:
        correct_clock(office.workspace, "the office was closed for a year", by=signer("dua"), now=office.clock.now())
        office.due()
        assert office.delays()


def test_a_clock_set_forward_and_back_stops_publishing_until_a_person_says_that_it_was_wrong(office: Office) -> None:
    office.clock.set(datetime(2036, 1, 1, tzinfo=UTC))
    office.build("2021-02", "seen by a wrong clock")
    office.clock.set(OPENED + timedelta(days=1))
    edition = office.build("2021-02")
    office.approve(edition)
    office.clock.set(DUE)
    office.due()
    assert not office.times() and not office.delays()
    correct_clock(office.workspace, "the battery was empty", by=signer("dua"), now=office.clock.now())
    office.due()
    assert office.times() == {"2021-02/v1": DUE}
