"""When editions are due: working days of countries, clocks that change, what must be in and what comes out again."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import holidays as library
import pytest

from publisher.catalogue import working_days
from publisher.catalogue.forecast_dates import dates_ahead, due_periods, months_later
from publisher.catalogue.moments import clock_change, instant_of
from publisher.catalogue.plan import Arrival, Plan, RevisionPolicy, Schedule
from publisher.catalogue.working_days import (
    UnknownYearError,
    allowed_for,
    is_working_day,
    nth_working_day,
    why_unknown,
)
from tests.lib.release import PLAN

SEOUL = ZoneInfo("Asia/Seoul")


def working(number: int, place: str, zone: str = "Asia/Seoul", at: time = time(9, 30)) -> Plan:
    schedule = Schedule(None, at, ZoneInfo(zone), working_days=number, holidays=place)
    return replace(PLAN, schedule=schedule, first_period="2000-01")


# January 2021 in Korea: New Year's days 11 and 12 February, 13 a Saturday.
#   day  1  2  3  4  5 | 8  9  10 (11 12) | 15 16 17
#   nth  1  2  3  4  5 | 6  7  8          | 9  10 11
@pytest.mark.parametrize(("number", "day"), [(1, 1), (5, 5), (8, 10), (9, 15), (10, 16), (11, 17)])
def test_the_nth_working_day_passes_over_holidays(number: int, day: int) -> None:
    assert nth_working_day(date(2021, 1, 31), number, "KR") == date(2021, 2, day)
    assert working(number, "KR").due("2021-01") == datetime(2021, 2, day, 9, 30, tzinfo=SEOUL)


@pytest.mark.parametrize(
    ("after", "number", "place", "day"),
    [
        (date(2020, 12, 31), 1, "KR", date(2021, 1, 4)),  # a year change: 1 January, then a weekend
        (date(2024, 2, 28), 1, "KR", date(2024, 2, 29)),  # a leap day is a working day
        (date(2021, 9, 17), 1, "KR", date(2021, 9, 23)),  # a weekend, then three days of Chuseok
        (date(2023, 11, 30), 1, "EG", date(2023, 12, 3)),  # Friday and Saturday are the weekend
        (date(2023, 11, 30), 2, "EG", date(2023, 12, 4)),
        (date(2024, 5, 31), 1, "SA", date(2024, 6, 2)),
        (date(2025, 1, 3), 1, "DE", date(2025, 1, 6)),  # Epiphany is a holiday in some states
        (date(2025, 1, 3), 1, "DE-BY", date(2025, 1, 7)),
        (date(2024, 9, 13), 1, "CN", date(2024, 9, 14)),  # a Saturday that replaces a bridge day
    ],
)
def test_working_days_are_those_of_the_place(after: date, number: int, place: str, day: date) -> None:
    assert nth_working_day(after, number, place) == day


@pytest.mark.parametrize("year", [1947, 2101])
def test_a_year_without_known_holidays_is_refused_not_taken_as_one_without_holidays(year: int) -> None:
    assert len(library.country_holidays("KR", years=year)) == 0  # what the library answers
    with pytest.raises(UnknownYearError, match=f"the holidays of {year} are not known"):
        is_working_day(date(year, 3, 1), "KR")


def test_a_year_that_the_library_knows_in_part_is_refused() -> None:
    """It has India's fixed days for 2040, and only warns that the others are missing."""
    assert is_working_day(date(2030, 3, 5), "IN")
    with pytest.raises(UnknownYearError):
        is_working_day(date(2040, 3, 5), "IN")


def test_counting_into_an_unknown_year_is_refused() -> None:
    assert nth_working_day(date(2100, 12, 1), 5, "KR") == date(2100, 12, 8)
    with pytest.raises(UnknownYearError):
        nth_working_day(date(2100, 12, 30), 3, "KR")


@pytest.mark.parametrize(
    ("place", "problem", "allowed"),
    [
        ("KR", "", ""),
        ("DE-BY", "", ""),
        ("kr", "cannot be", "ISO 3166"),
        ("KOR", "cannot be", "ISO 3166"),
        ("XX", "names a country", "ISO 3166"),
        ("DE-ZZ", "names a part of DE", "DE alone or with one of BB, BE"),
        ("KR-11", "names a part of KR", "ISO 3166"),
    ],
)
def test_an_unknown_place_is_told(place: str, problem: str, allowed: str) -> None:
    assert problem in why_unknown(place)
    assert bool(why_unknown(place)) == bool(problem)
    assert allowed in allowed_for(place)


# Where clocks change: the wall time, and the instant that it means.
BERLIN, LORD_HOWE, CAIRO, APIA = (
    ZoneInfo(name) for name in ("Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia")
)


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc", "change"),
    [
        (BERLIN, date(2021, 3, 28), time(1, 59), "2021-03-28T00:59", ""),
        (BERLIN, date(2021, 3, 28), time(2, 0), "2021-03-28T01:00", "skipped"),
        (BERLIN, date(2021, 3, 28), time(2, 30), "2021-03-28T01:30", "skipped"),  # 03:30 by the clocks
        (BERLIN, date(2021, 3, 28), time(3, 0), "2021-03-28T01:00", ""),
        (BERLIN, date(2021, 10, 31), time(2, 0), "2021-10-31T01:00", "doubled"),
        (BERLIN, date(2021, 10, 31), time(2, 30), "2021-10-31T01:30", "doubled"),  # the second one
        (BERLIN, date(2021, 10, 31), time(3, 0), "2021-10-31T02:00", ""),
        (LORD_HOWE, date(2021, 4, 4), time(1, 45), "2021-04-03T15:15", "doubled"),  # half an hour back
        (LORD_HOWE, date(2021, 10, 3), time(2, 15), "2021-10-02T15:45", "skipped"),  # half an hour forward
        (CAIRO, date(2023, 4, 28), time(0, 30), "2023-04-27T22:30", "skipped"),  # midnight itself is skipped
        (CAIRO, date(2023, 10, 26), time(23, 30), "2023-10-26T21:30", "doubled"),
        (APIA, date(2011, 12, 30), time(9, 30), "2011-12-30T19:30", "skipped"),  # a day that never was: the 31st
        (ZoneInfo("Asia/Kolkata"), date(2021, 4, 15), time(9, 30), "2021-04-15T04:00", ""),
        (ZoneInfo("Asia/Kathmandu"), date(2021, 4, 15), time(9, 30), "2021-04-15T03:45", ""),
    ],
)
def test_a_clock_time_is_one_instant_and_never_early(
    zone: ZoneInfo, day: date, at: time, utc: str, change: str
) -> None:
    assert instant_of(day, at, zone) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert clock_change(day, at, zone) == change
    readings = [datetime.combine(day, at.replace(fold=fold), zone).astimezone(UTC) for fold in (0, 1)]
    assert instant_of(day, at, zone) == max(readings)


def test_due_is_shown_as_clocks_show_it() -> None:
    plan = replace(PLAN, schedule=Schedule(28, time(2, 30), BERLIN))
    assert plan.due("2021-02").isoformat() == "2021-03-28T03:30:00+02:00"
    assert plan.moment("2021-02").text == "2021-03-28T03:30:00+02:00"
    assert plan.clock_change("2021-02") == "skipped"
    assert (plan.moment("2021-02").zone, plan.clock_change("2021-03")) == ("Europe/Berlin", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"lag_days": None},
        {"lag_days": 15, "working_days": 10, "holidays": "KR"},
        {"lag_days": None, "working_days": 10},
        {"lag_days": 15, "holidays": "KR"},
    ],
)
def test_a_schedule_counts_one_kind_of_days(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="either days, or working days"):
        Schedule(at=time(9), timezone=SEOUL, **wrong)  # type: ignore[arg-type]


def test_data_must_be_in_days_before() -> None:
    assert PLAN.arrived_by(PLAN.moment("2021-03")) is None
    moment = replace(PLAN, arrival=Arrival(4)).arrived_by(PLAN.moment("2021-03"))
    assert moment is not None
    assert moment.text == "2021-04-11T09:30:00+09:00"
    berlin = replace(PLAN, schedule=Schedule(29, time(9, 30), BERLIN), arrival=Arrival(2))
    assert str(berlin.due("2021-02")) == "2021-03-29 09:30:00+02:00"
    before = berlin.arrived_by(berlin.moment("2021-02"))
    assert before is not None
    assert before.text == "2021-03-27T09:30:00+01:00"  # by the clock, not by hours


@pytest.mark.parametrize(
    ("period", "again"),
    [
        ("2021-01", ()),
        ("2021-02", ("2021-01",)),
        ("2021-03", ("2021-01", "2021-02")),
        ("2022-01", ("2021-11", "2021-12")),
    ],
)
def test_the_periods_before_come_out_again(period: str, again: tuple[str, ...]) -> None:
    plan = replace(PLAN, revision_policy=RevisionPolicy(with_each=2, final_after=6))
    assert plan.released_with(period) == again
    assert PLAN.released_with(period) == ()
    assert (plan.final_with("2021-09"), PLAN.final_with("2021-09")) == ("2022-03", None)


def test_quarters_and_years_come_out_again() -> None:
    policy = RevisionPolicy(with_each=2)
    quarterly = replace(PLAN, frequency="quarterly", first_period="2020-Q4", revision_policy=policy)
    annual = replace(PLAN, frequency="annual", first_period="2019", revision_policy=policy)
    assert quarterly.released_with("2021-Q1") == ("2020-Q4",)
    assert annual.released_with("2021") == ("2019", "2020")


def test_dates_ahead_are_in_order_of_time() -> None:
    """Monthly at 15 days, quarterly at 40: seen from 1 April, noon in Seoul."""
    monthly = replace(PLAN, revision_policy=RevisionPolicy(1, 2), arrival=Arrival(3))
    quarterly = replace(
        PLAN, id="quarters", frequency="quarterly", first_period="2021-Q1", schedule=Schedule(40, time(9), SEOUL)
    )
    found = dates_ahead([quarterly, monthly], datetime(2021, 4, 1, 3, tzinfo=UTC), 2)
    assert [(one.series, one.period, one.due.text[:10], one.revised, one.final) for one in found] == [
        ("monthly_trade", "2021-03", "2021-04-15", ("2021-02",), "2021-01"),
        ("quarters", "2021-Q1", "2021-05-10", (), None),
        ("monthly_trade", "2021-04", "2021-05-15", ("2021-03",), "2021-02"),
    ]
    assert [one.arrived_by.text[:10] if one.arrived_by else "" for one in found] == ["2021-04-12", "", "2021-05-12"]
    first = replace(monthly, first_period="2021-03")
    assert dates_ahead([first], datetime(2021, 4, 1, tzinfo=UTC), 1)[0].revised == ()
    assert dates_ahead([first], datetime(2021, 4, 1, tzinfo=UTC), 1)[0].final is None


def test_both_ends_count() -> None:
    due = PLAN.moment("2021-03").instant
    assert list(due_periods(PLAN, due, due)) == ["2021-03"]
    assert months_later(datetime(2021, 12, 31, 23, 59, tzinfo=UTC), 2) == datetime(2022, 2, 28, 23, 59, tzinfo=UTC)
    assert months_later(datetime(2021, 1, 5, tzinfo=UTC), 12) == datetime(2022, 1, 5, tzinfo=UTC)


def test_another_release_of_the_library_gives_another_proposal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A substitute day that a parliament decides late moves the proposal (and no announced date)."""
    plan, before = working(10, "KR"), working(10, "KR").due("2021-01")

    def is_working_day_now(day: date, place: str) -> bool:
        return day != date(2021, 2, 3) and is_working_day(day, place)

    monkeypatch.setattr(working_days, "is_working_day", is_working_day_now)
    assert (before.day, plan.due("2021-01").day) == (16, 17)
