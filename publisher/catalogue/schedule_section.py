"""[schedule] of a plan: when its editions are due."""

import re
from datetime import time
from zoneinfo import ZoneInfo, available_timezones

from publisher.catalogue.plan import Plan, Schedule
from publisher.catalogue.section import Section
from publisher.catalogue.working_days import EXAMPLE, UnknownYearError, allowed_for, why_unknown

_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_DAYS, _WORKING = "lag_days", "working_days"


def read_schedule(section: Section) -> Schedule:
    """Either lag_days, or working_days and holidays."""
    counts_working, place = section.has(_WORKING), ""
    lag_days = None if counts_working else section.whole(_DAYS, least=0, most=3660)
    working_days = section.whole(_WORKING, least=1, most=250) if counts_working else None
    if counts_working:
        place = _read_place(section)
        _refuse_both(section)
    elif section.has("holidays"):
        section.fault("holidays", f"says nothing where {_DAYS} counts the days", f"{_WORKING}, or no holidays")
    schedule = Schedule(lag_days, _read_time(section), _read_zone(section), working_days, place)
    section.close()
    return schedule


def check_first_due(section: Section, plan: Plan) -> None:
    """Notes where the first edition would be due in a year without known holidays."""
    try:
        plan.due(plan.first_period)
    except UnknownYearError as unknown:
        (fault,) = unknown.faults
        section.fault("first_period", f"is too early: {fault.problem}", fault.allowed)


def _read_place(section: Section) -> str:
    """Stands in "KR", so that reading goes on."""
    place = section.text("holidays") if section.has("holidays") else ""
    if not place:
        section.fault("holidays", f"is missing: {_WORKING} are those of a country", EXAMPLE)
    elif why_unknown(place):
        section.fault("holidays", why_unknown(place), allowed_for(place))
    return place if place and not why_unknown(place) else "KR"


def _refuse_both(section: Section) -> None:
    if section.has(_DAYS):
        section.fault(_DAYS, f"cannot stand beside {_WORKING}", f"{_DAYS} or {_WORKING}")


def _read_time(section: Section) -> time:
    return time.fromisoformat(section.matching("at", _TIME, 'a time of day such as "09:30"') or "00:00")


def _read_zone(section: Section) -> ZoneInfo:
    name = section.text("timezone")
    if name and name not in available_timezones():
        section.fault("timezone", f'there is no time zone "{name}"', 'a name of the IANA list such as "Asia/Seoul"')
        name = ""
    return ZoneInfo(name or "UTC")
