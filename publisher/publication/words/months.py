"""Names of months and quarters as messages."""

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
