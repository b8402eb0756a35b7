"""Reference periods in words, and the ones beside them."""

import re

_MONTHS = (
    "January February March April May June July August September October November December".split()  # noqa: SIM905
)
_MONTHLY = re.compile(r"(\d{4})-(\d{2})")


def period_words(period: str) -> str:
    """ "2021-03" -> "March 2021"; any other notation stays as it is."""
    month = _MONTHLY.fullmatch(period)
    return f"{_MONTHS[int(month[2]) - 1]} {month[1]}" if month else period


def shift(period: str, months: int) -> str:
    """The month `months` later. Raises ValueError for anything but a month ("2021-03")."""
    month = _MONTHLY.fullmatch(period)
    if month is None:
        raise ValueError(f"not a month: {period}")
    count = int(month[1]) * 12 + int(month[2]) - 1 + months
    return f"{count // 12:04d}-{count % 12 + 1:02d}"
