"""The calendar is what the log told. Each kind of leaf, in every order that matters."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

from publisher.release.calendar.calendar import CalendarLine, OldDate, lines, next_number
from publisher.release.calendar.lines import news
from tests.lib.leaves import OPENED, TITLE, PublicLog, at, edition, ref, release

FIRST, DUE = release("2021-03"), at("2021-04-15 09:30")
LATER = at("2021-04-20 09:30")
MAY, JUNE = datetime(2021, 5, 1, tzinfo=UTC), datetime(2021, 6, 1, tzinfo=UTC)


def line_of(log: PublicLog, id: object = FIRST) -> CalendarLine:
    return next(line for line in lines(log.leaves) if line.id == id)


def announced() -> PublicLog:
    return PublicLog().announce(OPENED, FIRST, DUE)


def test_an_announced_release_is_planned() -> None:
    line = line_of(announced())
    assert line == CalendarLine(FIRST, "first", TITLE, DUE, "planned", OPENED, announced=1)
    assert (line.sequence, line.dates, line.open) == (0, (DUE,), True)


def test_a_changed_date_keeps_the_old_one_with_its_reason() -> None:
    log = announced().announce(MAY, FIRST, LATER, reason="A holiday was decided.")
    line = line_of(log)
    assert (line.due, line.status, line.reason, line.changed) == (LATER, "planned", "A holiday was decided.", MAY)
    assert line.old_dates == (OldDate(DUE, "A holiday was decided."),)
    assert (line.announced, line.sequence, line.dates) == (2, 1, (DUE, LATER))
    again = line_of(log.announce(JUNE, FIRST, DUE, reason="It was not."))
    assert [old.due for old in again.old_dates] == [DUE, LATER]


def test_the_same_date_again_is_no_old_date() -> None:
    line = line_of(announced().announce(MAY, FIRST, replace(DUE, zone="Europe/Berlin")))
    assert (line.old_dates, line.announced) == ((), 2)


def test_a_delay_stands_until_a_new_date_is_announced() -> None:
    log = announced().delay(MAY, FIRST)
    assert (line_of(log).status, line_of(log).reason, line_of(log).sequence) == ("delayed", "data late", 1)
    assert line_of(log).open
    log.announce(JUNE, FIRST, LATER, reason="The data are in.")
    assert (line_of(log).status, line_of(log).due, line_of(log).sequence) == ("planned", LATER, 2)


def test_a_cancelled_release_keeps_its_line() -> None:
    line = line_of(announced().cancel(MAY, FIRST))
    assert (line.status, line.reason, line.due, line.open) == ("cancelled", "No data were collected.", DUE, False)


def test_published_then_superseded() -> None:
    correction = release("2021-03", 2)
    log = announced().publish(MAY, edition(FIRST, DUE))
    line = line_of(log)
    assert (line.status, line.published, line.edition, line.sequence) == ("published", MAY, ref("2021-03"), 0)
    log.publish(JUNE, edition(correction, at("2021-06-01 09:00"), 2, "correction", "Chapter 27 was wrong.", 1))
    line, new = line_of(log), line_of(log, correction)
    assert (line.status, line.superseded_by, line.published, line.changed) == ("superseded", 2, MAY, JUNE)
    assert (new.status, new.kind, new.reason, new.announced) == (
        "published",
        "correction",
        "Chapter 27 was wrong.",
        0,
    )


def test_a_withdrawn_edition_is_withdrawn_whatever_came_after() -> None:
    second = edition(release("2021-03", 2), LATER, 2, "revision", supersedes=1)
    log = announced().publish(MAY, edition(FIRST, DUE)).withdraw(JUNE, ref("2021-03")).publish(JUNE, second)
    line = line_of(log)
    assert (line.status, line.reason, line.contact) == ("withdrawn", "A wrong file.", "desk@example.org")
    assert (line.known, line.superseded_by) == ("Copies show chapter 27.", None)
    both = announced().publish(MAY, edition(FIRST, DUE)).publish(MAY, second).withdraw(JUNE, ref("2021-03", 2))
    assert [one.status for one in lines(both.leaves)] == ["superseded", "withdrawn"]  # it does not become true again


def test_what_is_out_keeps_its_date() -> None:
    log = announced().publish(MAY, edition(FIRST, DUE))
    before = line_of(log)
    log.announce(JUNE, FIRST, LATER).delay(JUNE, FIRST).cancel(JUNE, FIRST)
    assert line_of(log) == before


def test_facts_that_fit_no_line_are_passed_over() -> None:
    """An append-only log cannot be mended: one odd leaf must not take the calendar from everybody."""
    log = PublicLog().delay(OPENED, FIRST).cancel(OPENED, FIRST).withdraw(OPENED, ref("2021-03"))
    assert lines(log.leaves) == ()


def test_a_set_comes_out_with_one_leaf() -> None:
    again = release("2021-02", 2)
    log = announced().publish(OPENED, edition(release("2021-02"), at("2021-03-15 09:30")))
    log.announce(OPENED, again, DUE, "revision")
    log.publish(MAY, edition(FIRST, DUE), edition(again, DUE, 2, "revision", supersedes=1))
    assert [(one.id.name[-10:], one.status) for one in lines(log.leaves)] == [
        ("2021-02/r1", "superseded"),
        ("2021-02/r2", "published"),
        ("2021-03/r1", "published"),
    ]


def test_an_unannounced_edition_has_the_title_of_its_series() -> None:
    alone = PublicLog().publish(MAY, edition(FIRST, DUE))
    assert line_of(alone).title == TITLE


def test_no_line_of_any_series_is_lost() -> None:
    """Periods that were skipped, a series whose plan is gone: what was told stays (fault 9 of the survey)."""
    log = PublicLog()
    for month in range(2, 6):
        log.announce(OPENED, release(f"2021-{month:02}"), at(f"2021-{month + 1:02}-15 09:30"))
    log.announce(OPENED, release("2020", series="gone"), at("2021-06-30 09:30"))
    for month in (2, 5):
        id = release(f"2021-{month:02}")
        log.publish(MAY, edition(id, at(f"2021-{month + 1:02}-15 09:30")))
    assert [(one.id.series, one.id.period, one.status) for one in lines(log.leaves)] == [
        ("monthly_trade", "2021-02", "published"),
        ("monthly_trade", "2021-03", "planned"),
        ("monthly_trade", "2021-04", "planned"),
        ("monthly_trade", "2021-05", "published"),
        ("gone", "2020", "planned"),
    ]


def test_lines_are_in_order_of_the_instant_not_of_the_clock() -> None:
    log = announced().announce(OPENED, release("2021", series="berlin"), replace(DUE, zone="Europe/Berlin"))
    log.announce(OPENED, release("2020", series="earlier"), replace(DUE, instant=DUE.instant - timedelta(seconds=1)))
    assert [one.id.series for one in lines(log.leaves)] == ["earlier", "berlin", "monthly_trade"]


def test_announcements_of_different_releases_may_come_in_any_order() -> None:
    ids = [release(f"2021-0{month}") for month in (1, 2, 3)]
    found = set()
    for order in permutations(ids):
        log = PublicLog()
        for id in order:
            log.announce(OPENED, id, at(f"{id.period}-28 09:30"))
        found.add(lines(log.leaves))
    assert len(found) == 1


def test_the_next_release_has_a_name_of_its_own() -> None:
    log = announced().announce(OPENED, release("2021-03", 2), LATER, "revision").cancel(MAY, release("2021-03", 2))
    assert [next_number(log.leaves, "monthly_trade", period) for period in ("2021-03", "2021-04")] == [3, 1]


def test_news_tell_every_change_with_what_was_before() -> None:
    log = announced().announce(MAY, FIRST, LATER, reason="A strike.").publish(JUNE, edition(FIRST, LATER))
    told = [
        (one.number, one.before and one.before.status, one.after.status, one.after.due) for one in news(log.leaves)
    ]
    assert told == [
        (1, None, "planned", DUE),
        (2, "planned", "planned", LATER),
        (3, "planned", "published", LATER),
    ]
