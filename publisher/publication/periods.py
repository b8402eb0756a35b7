"""Reference periods in words, and the ones beside them."""

import re

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_QUARTERS = ("first", "second", "third", "fourth")
_PERIOD = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})|-Q(?P<quarter>[1-4]))?")


def period_words(period: str) -> str:
    """ "2021-03" -> "March 2021", "2021-Q1" -> "first quarter of 2021"; any other notation stays as it is."""
    found = _PERIOD.fullmatch(period)
    if found and found["month"]:
        return f"{_MONTHS[int(found['month']) - 1]} {found['year']}"
    if found and found["quarter"]:
        return f"{_QUARTERS[int(found['quarter']) - 1]} quarter of {found['year']}"
    return period
