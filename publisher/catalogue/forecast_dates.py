"""The releases that plans propose for the months ahead. What was announced is not looked at here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from publisher.catalogue.frequency import shift
from publisher.catalogue.moments import ClockChange
from publisher.catalogue.plan import Plan
from publisher.model.release_event import Moment


@dataclass(frozen=True)
class PlannedRelease:
    """One edition to come: what is released again with it, which period becomes final with it, and by when its data
    must have arrived (None: the plan does not say). `clock_change`: the planned time is skipped or comes twice."""

    series: str
    period: str
    due: Moment
    arrived_by: Moment | None
    revised: tuple[str, ...]
    final: str | None
    clock_change: ClockChange


def dates_ahead(plans: Iterable[Plan], now: datetime, months: int = 12) -> tuple[PlannedRelease, ...]:
    """What is due from `now` until `months` later, in order of time. Raises UnknownYearError."""
    ahead = (_planned(plan, period) for plan in plans for period in due_periods(plan, now, months_later(now, months)))
    return tuple(sorted(ahead, key=lambda one: (one.due, one.series)))


def due_periods(plan: Plan, start: datetime, end: datetime) -> Iterator[str]:
    """The periods whose editions the plan proposes for `start` to `end`, both included. Raises UnknownYearError."""
    period = plan.first_period
    while (due := plan.moment(period).instant) <= end:
        if due >= start:
            yield period
        period = shift(period, 1)


def months_later(now: datetime, months: int) -> datetime:
    """On the 28th at most, so that every month has the day."""
    counted = now.year * 12 + now.month - 1 + months
    return now.replace(year=counted // 12, month=counted % 12 + 1, day=min(now.day, 28))


def _planned(plan: Plan, period: str) -> PlannedRelease:
    after = plan.revision_policy.final_after
    final = None if after is None else shift(period, -after)
    return PlannedRelease(
        series=plan.id,
        period=period,
        due=plan.moment(period),
        arrived_by=plan.arrived_by(plan.moment(period)),
        revised=plan.released_with(period),
        final=final if final and final >= plan.first_period else None,
        clock_change=plan.clock_change(period),
    )
