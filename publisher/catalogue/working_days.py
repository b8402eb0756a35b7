"""Working days of a country or a part of it. The only place that asks the library `holidays`.

Weekends are the country's own (Friday and Saturday in some, other days in some years), and where a government makes a
weekend day a working day to replace another, it counts as one. Only holidays of the category 'public' count.

Governments change holidays, and this library follows with a new release: what is worked out here is a proposal, and
an announced date never follows it.
"""

import re
import warnings
from datetime import date, timedelta
from functools import cache

import holidays

from publisher.errors import CatalogueError, Fault

PLACE = re.compile(r"(?P<country>[A-Z]{2})(-(?P<part>[A-Z0-9]{1,4}))?", re.ASCII)
EXAMPLE = 'a country, or a country and a part of it, in codes of ISO 3166 such as "KR" or "DE-BY"'


class UnknownYearError(CatalogueError):
    """The library does not know the holidays of this year."""

    def __init__(self, place: str, year: int) -> None:
        super().__init__(
            [Fault(f"schedule.holidays = {place}", f"the holidays of {year} are not known", "lag_days instead")],
            remedy="A newer release of the library 'holidays' may know them.",
        )


def why_unknown(place: str) -> str:
    """What is wrong with `place` ("KR", "DE-BY"); empty where its working days are known."""
    found = PLACE.fullmatch(place)
    if found is None:
        return f'cannot be "{place}"'
    country, part = found["country"], found["part"]
    known = holidays.list_supported_countries()
    if country not in known:
        return f'names a country, "{country}", whose holidays are not known'
    if part and part not in known[country]:
        return f'names a part of {country}, "{part}", whose holidays are not known'
    return ""


def allowed_for(place: str) -> str:
    """What may stand in its stead."""
    found = PLACE.fullmatch(place)
    parts = holidays.list_supported_countries().get(found["country"], []) if found else []
    return f"{found['country']} alone or with one of {', '.join(parts)}" if found and parts else EXAMPLE


def nth_working_day(after: date, number: int, place: str) -> date:
    """The `number`-th working day (from 1) after the day `after`.

    Raises UnknownYearError where it falls into, or counting passes through, a year that the library does not know.
    """
    day = after
    for _ in range(number):
        day += timedelta(days=1)
        while not is_working_day(day, place):
            day += timedelta(days=1)
    return day


def is_working_day(day: date, place: str) -> bool:
    """Raises UnknownYearError, and ValueError for a place that is not known."""
    return _calendar(place, day.year).is_working_day(day)


@cache
def _calendar(place: str, year: int) -> holidays.HolidayBase:
    """The holidays of one year. For a year it does not know the library answers with none, or with some and a
    warning: both are refused, else such a year would have too many working days."""
    if why_unknown(place):
        raise ValueError(f"{place} {why_unknown(place)}")
    country, _, part = place.partition("-")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        found = holidays.country_holidays(country, subdiv=part or None, years=year)
    if told or not found or not found.start_year <= year <= found.end_year:
        raise UnknownYearError(place, year)
    return found
