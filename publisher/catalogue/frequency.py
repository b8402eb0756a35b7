"""How often a series appears, and how its reference periods are written: 2021-03, 2021-Q1 or 2021."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

MONTHLY, ANNUAL = "monthly", "annual"
_LAST_MONTH = {"Q1": 3, "Q2": 6, "Q3": 9, "Q4": 12, "": 12}
_PERIOD = re.compile(r"(?P<year>\d{4})(-(?P<month>\d{2})|-Q(?P<quarter>[1-4]))?", re.ASCII)


@dataclass(frozen=True)
class Frequency:
    """`pattern` of a reference period, `example` in words."""

    pattern: re.Pattern[str]
    example: str


FREQUENCIES: Mapping[str, Frequency] = {
    MONTHLY: Frequency(re.compile(r"[12]\d{3}-(0[1-9]|1[0-2])", re.ASCII), 'a month such as "2024-01"'),
    "quarterly": Frequency(re.compile(r"[12]\d{3}-Q[1-4]", re.ASCII), 'a quarter such as "2024-Q1"'),
    ANNUAL: Frequency(re.compile(r"[12]\d{3}", re.ASCII), 'a year such as "2024"'),
}


def last_day(period: str) -> date:
    """Of a month, quarter or year. Raises ValueError for what is none of them."""
    if not any(each.pattern.fullmatch(period) for each in FREQUENCIES.values()):
        raise ValueError(f"not a reference period: {period}")
    year, part = int(period[:4]), period[5:]
    month = _LAST_MONTH.get(part) or int(part)
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


@lru_cache(maxsize=4096)
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
