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


def shift(period: str, steps: int) -> str:
    """The month, quarter or year that is `steps` of its kind later. Raises ValueError for anything else."""
    found = _PERIOD.fullmatch(period)
    if found is None:
        raise ValueError(f"not a month, quarter or year: {period}")
    if found["month"]:
        count = int(found["year"]) * 12 + int(found["month"]) - 1 + steps
        return f"{count // 12:04d}-{count % 12 + 1:02d}"
    if found["quarter"]:
        count = int(found["year"]) * 4 + int(found["quarter"]) - 1 + steps
        return f"{count // 4:04d}-Q{count % 4 + 1}"
    return f"{int(found['year']) + steps:04d}"
