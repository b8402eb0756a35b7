"""The months of a reference period: "2021-02", a quarter "2021-Q1" or a year "2021"."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

_PERIOD = re.compile(r"(?P<year>\d{4})(-(?P<month>0[1-9]|1[0-2])|-Q(?P<quarter>[1-4]))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Months:
    """`names` are the reference periods ("2021-02") that declarations carry; first and last day are included."""

    names: tuple[str, ...]
    first_day: date
    last_day: date


def months_of(time_period: str) -> Months:
    """The months that a period is made of. Raises ValueError for what is no period."""
    match = _PERIOD.fullmatch(time_period)
    if match is None or int(match["year"]) < 1:
        raise ValueError(
            f"{time_period} is no reference period; write a month, quarter or year as 2021-02, 2021-Q1, 2021"
        )
    year = int(match["year"])
    if match["month"]:
        first = last = int(match["month"])
    elif match["quarter"]:
        first, last = 3 * int(match["quarter"]) - 2, 3 * int(match["quarter"])
    else:
        first, last = 1, 12
    after = date(year + last // 12, last % 12 + 1, 1)
    return Months(
        names=tuple(f"{year:04}-{month:02}" for month in range(first, last + 1)),
        first_day=date(year, first, 1),
        last_day=after - timedelta(days=1),
    )
