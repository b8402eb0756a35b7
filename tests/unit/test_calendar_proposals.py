"""What a plan would announce: the months ahead, revisions with the edition that brings them, and nothing twice."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from publisher.catalogue import working_days
from publisher.catalogue.plan import Plan, RevisionPolicy, Schedule
from publisher.catalogue.working_days import is_working_day
from publisher.errors import ReleaseError
from publisher.release.calendar.calendar import Drift, cancelled, drifted, lines, moved, wanted
from publisher.release.transparency.facts import AnnouncedFact
from tests.lib.leaves import OPENED, PublicLog, at, edition, release
from tests.lib.release import PLAN as BASE

PLAN = replace(BASE, first_period="2020-01", title="Monthly trade <statistics>")
REVISED = replace(PLAN, revision_policy=RevisionPolicy(with_each=2))
NOW = datetime(2021, 3, 20, tzinfo=UTC)
MAY = datetime(2021, 5, 1, tzinfo=UTC)


def names(facts: tuple[AnnouncedFact, ...]) -> list[str]:
    """ "2021-03/r1 04-15": the release, and the day in UTC."""
    return [f"{fact.release.period}/r{fact.release.number} {fact.due[5:10]}" for fact in facts]


def after(plan: Plan, log: PublicLog, now: datetime = NOW, months: int = 3) -> PublicLog:
    return log.announce_all(now, wanted(plan, log.leaves, now, months))


def test_the_months_ahead_and_no_history() -> None:
    """The series began 15 months ago: nothing of that is announced by accident."""
    facts = wanted(PLAN, PublicLog().leaves, NOW, 3)
    assert names(facts) == ["2021-03/r1 04-15", "2021-04/r1 05-15", "2021-05/r1 06-15"]
    assert facts[0] == AnnouncedFact(
        release=facts[0].release,
        kind="first",
        title=PLAN.title,
        due="2021-04-15T00:30:00+00:00",
        zone="Asia/Seoul",
        reason="",
    )
    assert len(wanted(PLAN, PublicLog().leaves, NOW)) == 12


def test_what_is_due_at_this_very_second_is_ahead() -> None:
    due = PLAN.moment("2021-03").instant
    assert names(wanted(PLAN, PublicLog().leaves, due, 0)) == ["2021-03/r1 04-15"]
    assert wanted(PLAN, PublicLog().leaves, due.replace(microsecond=1), 0) == ()


@pytest.mark.parametrize("plan", [PLAN, REVISED])
def test_nothing_is_wanted_twice(plan: Plan) -> None:
    log = after(plan, PublicLog())
    assert wanted(plan, log.leaves, NOW, 3) == ()
    assert names(wanted(plan, log.leaves, MAY, 3))[0] == "2021-06/r1 07-15"


def test_a_forgotten_period_is_announced_late_rather_than_passed_over() -> None:
    """Announced for three months, then for half a year nobody asked."""
    log = after(PLAN, PublicLog())
    december = datetime(2021, 12, 1, tzinfo=UTC)
    assert names(wanted(PLAN, log.leaves, december, 1)) == [
        f"2021-{month:02}/r1 {month + 1:02}-15" for month in range(6, 12)
    ]


def test_back_editions_do_not_make_their_neighbours_overdue() -> None:
    log = PublicLog().publish(NOW, edition(release("2020-05"), at("2020-06-15 09:30")))
    assert names(wanted(PLAN, log.leaves, NOW, 1)) == ["2021-03/r1 04-15"]


def test_revisions_are_due_with_the_edition_that_brings_them() -> None:
    log = PublicLog().publish(NOW, edition(release("2021-02"), at("2021-03-15 09:30")))
    facts = wanted(REVISED, log.leaves, NOW, 3)
    assert names(facts) == [
        "2021-03/r1 04-15",
        "2021-02/r2 04-15",
        "2021-04/r1 05-15",
        "2021-02/r3 05-15",
        "2021-03/r2 05-15",
        "2021-05/r1 06-15",
        "2021-03/r3 06-15",
        "2021-04/r2 06-15",
    ]
    assert [fact.kind for fact in facts[:3]] == ["first", "revision", "first"]
    log.announce_all(NOW, facts)
    assert wanted(REVISED, log.leaves, NOW, 3) == ()


def test_a_period_that_nobody_published_is_not_revised() -> None:
    assert names(wanted(REVISED, PublicLog().leaves, NOW, 1)) == ["2021-03/r1 04-15"]
    log = after(REVISED, PublicLog(), months=1).cancel(NOW, release("2021-03"))
    assert names(wanted(REVISED, log.leaves, NOW, 2)) == ["2021-04/r1 05-15"]


def test_a_policy_that_comes_later_is_announced_for_what_is_still_to_come() -> None:
    log = after(PLAN, PublicLog()).publish(MAY, edition(release("2021-03"), at("2021-04-15 09:30")))
    assert names(wanted(REVISED, log.leaves, MAY, 2)) == ["2021-03/r2 05-15", "2021-03/r3 06-15", "2021-04/r2 06-15"]


def test_a_correction_has_a_number_of_its_own() -> None:
    log = after(PLAN, PublicLog()).publish(MAY, edition(release("2021-03"), at("2021-04-15 09:30")))
    log.publish(MAY, edition(release("2021-03", 2), at("2021-05-01 09:30"), 2, "correction", "Wrong.", 1))
    assert names(wanted(REVISED, log.leaves, MAY, 1)) == ["2021-03/r3 05-15"]
    secret = release("2021-03", 3)  # opened, and not public yet
    assert names(wanted(REVISED, log.leaves, MAY, 1, taken=[secret])) == ["2021-03/r4 05-15"]


def test_a_moved_edition_takes_its_revisions_along() -> None:
    log = after(REVISED, PublicLog().publish(NOW, edition(release("2021-02"), at("2021-03-15 09:30"))))
    later = at("2021-05-15 09:30")  # the very moment of the next edition
    facts = moved(log.leaves, release("2021-03"), later, "Ships waited.", NOW)
    assert names(facts) == ["2021-03/r1 05-15", "2021-02/r2 05-15"]
    assert {fact.reason for fact in facts} == {"Ships waited."}
    log.announce_all(NOW, facts)
    assert wanted(REVISED, log.leaves, NOW, 3) == ()
    assert drifted(REVISED, log.leaves) == ()
    assert [line.sequence for line in lines(log.leaves) if line.id.period == "2021-03"] == [1, 0, 0]


def test_a_policy_announced_after_a_move_follows_the_announced_date() -> None:
    log = after(PLAN, PublicLog().publish(NOW, edition(release("2021-02"), at("2021-03-15 09:30"))))
    log.announce_all(NOW, moved(log.leaves, release("2021-03"), at("2021-04-20 09:30"), "Ships waited.", NOW))
    facts = wanted(REVISED, log.leaves, NOW, 1)
    assert names(facts) == ["2021-02/r2 04-20"]
    log.announce_all(NOW, facts)
    assert wanted(REVISED, log.leaves, NOW, 1) == ()


FIRST, DUE = release("2021-03"), at("2021-04-15 09:30")


@pytest.mark.parametrize(
    ("id", "due", "reason", "problem"),
    [
        (release("2021-09"), at("2021-05-15 09:30"), "Why", "was never announced"),
        (FIRST, DUE, "Why", "is announced for this date already"),
        (FIRST, at("2021-03-20 09:00"), "Why", "must lie ahead"),  # now
        (FIRST, at("2021-05-15 09:30"), "  ", "a change needs a reason"),
        (release("2021-02"), at("2021-05-15 09:30"), "Why", "is published; only what is still to come"),
    ],
)
def test_a_date_is_moved_with_a_reason_and_forward(id, due, reason, problem) -> None:  # type: ignore[no-untyped-def]
    log = after(PLAN, PublicLog().publish(NOW, edition(release("2021-02"), at("2021-03-15 09:30"))))
    with pytest.raises(ReleaseError, match=problem):
        moved(log.leaves, id, due, reason, NOW)


def test_a_delayed_release_may_be_announced_for_its_old_clock_time_on_another_day() -> None:
    log = after(PLAN, PublicLog()).delay(MAY, FIRST)
    log.announce_all(MAY, moved(log.leaves, FIRST, at("2021-05-03 09:30"), "The data are in.", MAY))
    (line,) = (line for line in lines(log.leaves) if line.id == FIRST)
    assert (line.status, line.due, line.sequence) == ("planned", at("2021-05-03 09:30"), 2)


def test_only_what_is_to_come_is_cancelled() -> None:
    log = after(PLAN, PublicLog())
    log.tell(NOW, *cancelled(log.leaves, FIRST, "No data were collected."))
    assert lines(log.leaves)[0].status == "cancelled"
    for id, problem in ((FIRST, "is cancelled"), (release("2020-09"), "was never announced")):
        with pytest.raises(ReleaseError, match=problem):
            cancelled(log.leaves, id, "Again.")
    with pytest.raises(ReleaseError, match="needs a reason"):
        cancelled(log.leaves, release("2021-04"), "")


def test_what_was_cancelled_may_be_announced_anew() -> None:
    log = after(PLAN, PublicLog()).cancel(NOW, FIRST)
    facts = moved(log.leaves, FIRST, at("2021-05-15 09:30"), "The data came after all.", NOW)
    assert names(facts) == ["2021-03/r1 05-15"]  # and April's edition stays where it is
    (line,) = (line for line in lines(log.announce_all(NOW, facts).leaves) if line.id == FIRST)
    assert (line.status, line.sequence) == ("planned", 2)


def test_what_never_comes_out_is_not_revised() -> None:
    log = after(REVISED, PublicLog())
    assert [fact.release.number for fact in cancelled(log.leaves, FIRST, "No data.")] == [1, 2, 3]
    assert [fact.release.number for fact in cancelled(log.leaves, release("2021-03", 2), "No news.")] == [2]


def test_an_edited_plan_moves_nothing_that_was_announced() -> None:
    """Fault 8 of the survey: 'published 15 April' became 10 May by an edit of lag_days."""
    log = after(PLAN, PublicLog().publish(NOW, edition(release("2021-02"), at("2021-03-15 09:30"))))
    log.publish(MAY, edition(FIRST, DUE))
    before = lines(log.leaves)
    later = replace(PLAN, schedule=replace(PLAN.schedule, lag_days=40))
    assert wanted(later, log.leaves, NOW, 3) == ()
    assert lines(log.leaves) == before
    assert drifted(later, log.leaves) == (
        Drift(release("2021-04"), at("2021-05-15 09:30"), at("2021-06-09 09:30")),
        Drift(release("2021-05"), at("2021-06-15 09:30"), at("2021-07-10 09:30")),
    )
    assert drifted(PLAN, log.leaves) == ()


def test_a_new_holiday_moves_nothing_that_was_announced(monkeypatch: pytest.MonkeyPatch) -> None:
    seoul = Schedule(None, time(9, 30), ZoneInfo("Asia/Seoul"), working_days=10, holidays="KR")
    plan = replace(PLAN, schedule=seoul)
    log = after(plan, PublicLog(), months=2)
    assert drifted(plan, log.leaves) == ()

    def is_working_day_now(day: date, place: str) -> bool:
        return day != date(2021, 5, 10) and is_working_day(day, place)

    monkeypatch.setattr(working_days, "is_working_day", is_working_day_now)
    assert drifted(plan, log.leaves) == (Drift(release("2021-04"), at("2021-05-17 09:30"), at("2021-05-18 09:30")),)
    log.announce_all(NOW, moved(log.leaves, release("2021-04"), at("2021-05-18 09:30"), "A new holiday.", NOW))
    assert drifted(plan, log.leaves) == ()


def test_a_date_that_a_person_moved_is_no_drift() -> None:
    log = after(PLAN, PublicLog())
    log.announce_all(NOW, moved(log.leaves, FIRST, at("2021-04-20 09:30"), "Ships waited.", NOW))
    assert drifted(PLAN, log.leaves) == ()


def test_what_the_plan_no_longer_has_is_named() -> None:
    log = after(REVISED, PublicLog())
    assert [(drift.id.name[-10:], drift.proposed) for drift in drifted(PLAN, log.leaves)] == [
        ("2021-03/r2", None),
        ("2021-03/r3", None),
        ("2021-04/r2", None),
    ]
    begins_later = replace(REVISED, first_period="2021-04")
    assert release("2021-03") in [drift.id for drift in drifted(begins_later, log.leaves)]


def test_days_without_known_holidays_are_not_proposed() -> None:
    india = Schedule(None, time(9, 30), ZoneInfo("Asia/Kolkata"), working_days=10, holidays="IN")
    plan = replace(PLAN, schedule=india)
    facts = wanted(plan, PublicLog().leaves, datetime(2035, 10, 1, tzinfo=UTC), 12)
    assert names(facts) == ["2035-09/r1 10-16", "2035-10/r1 11-14", "2035-11/r1 12-14"]


def test_the_first_word_of_a_series_is_its_own() -> None:
    log = after(PLAN, PublicLog())
    other = replace(PLAN, id="other")
    assert OPENED < NOW
    assert names(wanted(other, log.leaves, MAY, 1)) == ["2021-04/r1 05-15"]
