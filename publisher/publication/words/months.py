"""Names of months and quarters as messages, and how a sentence speaks of them."""

import re
from collections.abc import Callable

_PERIOD = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})|-Q(?P<quarter>[1-4]))?")
Gettext = Callable[..., str]


def split_period(period: str) -> tuple[str, int, int]:
    """Year, month and quarter; 0 where the period has none."""
    found = _PERIOD.fullmatch(period)
    if not found:
        return period, 0, 0
    return found["year"], int(found["month"] or 0), int(found["quarter"] or 0)


def month_names(gettext: Gettext) -> tuple[str, ...]:
    return (
        gettext("January"),
        gettext("February"),
        gettext("March"),
        gettext("April"),
        gettext("May"),
        gettext("June"),
        gettext("July"),
        gettext("August"),
        gettext("September"),
        gettext("October"),
        gettext("November"),
        gettext("December"),
    )


def quarter_message(gettext: Gettext, quarter: int, year: str) -> str:
    return (
        gettext("first quarter of %(year)s", year=year),
        gettext("second quarter of %(year)s", year=year),
        gettext("third quarter of %(year)s", year=year),
        gettext("fourth quarter of %(year)s", year=year),
    )[quarter - 1]


def in_period(gettext: Gettext, period: str) -> str:
    """When something was: "in March 2021", "in the first quarter of 2021", "in 2021"."""
    year, month, quarter = split_period(period)
    if month:
        return gettext("in %(month)s %(year)s", month=month_names(gettext)[month - 1], year=year)
    if not quarter:
        return gettext("in %(year)s", year=year)
    return (
        gettext("in the first quarter of %(year)s", year=year),
        gettext("in the second quarter of %(year)s", year=year),
        gettext("in the third quarter of %(year)s", year=year),
        gettext("in the fourth quarter of %(year)s", year=year),
    )[quarter - 1]


def against_period(gettext: Gettext, period: str, now: str) -> str:
    """What the figure of the period `now` is held against: "on a year earlier", "on February 2021"."""
    year, month, quarter = split_period(period)
    if f"{int(now[:4]) - 1}{now[4:]}" == period:
        return gettext("on a year earlier")
    if month:
        return gettext("on %(month)s %(year)s", month=month_names(gettext)[month - 1], year=year)
    if not quarter:
        return gettext("on %(year)s", year=year)
    return (
        gettext("on the first quarter of %(year)s", year=year),
        gettext("on the second quarter of %(year)s", year=year),
        gettext("on the third quarter of %(year)s", year=year),
        gettext("on the fourth quarter of %(year)s", year=year),
    )[quarter - 1]
