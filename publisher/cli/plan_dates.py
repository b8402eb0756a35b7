"""plan check, the part about dates: what comes out when, what must be in by then, what was announced otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from publisher.catalogue.forecast_dates import PlannedRelease, dates_ahead
from publisher.catalogue.plan import Plan
from publisher.cli.console import err, show_table
from publisher.model.release_event import Moment, ReleaseId
from publisher.release.calendar.calendar import CalendarLine, Drift, drifted, lines
from publisher.release.transparency.facts import Leaf

_CHANGES = {
    "skipped": "the clocks skip this time on that day: it is due as long after the gap as the time lies in it",
    "doubled": "the clocks show this time twice on that day: it is due the second time",
}


_ALWAYS = ("due", "period", "announced")
_COLUMNS = ("due", "zone", "series", "period", "data in by", "again from", "final", "announced")


@dataclass(frozen=True)
class Dates:
    """`announced` are the public lines of first releases; where there is none, a date is a proposal."""

    plans: Mapping[str, Plan]
    ahead: tuple[PlannedRelease, ...]
    announced: Mapping[ReleaseId, CalendarLine]
    drifts: tuple[Drift, ...]

    def line_of(self, planned: PlannedRelease) -> CalendarLine | None:
        return self.announced.get(ReleaseId(planned.series, planned.period, 1))

    def due_of(self, planned: PlannedRelease) -> Moment:
        """What was announced counts, not what the plan proposes."""
        line = self.line_of(planned)
        return line.due if line else planned.due

    def arrived_by(self, planned: PlannedRelease) -> Moment | None:
        return self.plans[planned.series].arrived_by(self.due_of(planned))


def dates_of(plans: Mapping[str, Plan], leaves: Sequence[Leaf], now: datetime, months: int) -> Dates:
    """Raises UnknownYearError."""
    announced = {line.id: line for line in lines(leaves) if line.id.number == 1}
    drifts = tuple(drift for plan in plans.values() for drift in drifted(plan, leaves))
    return Dates(plans, dates_ahead(plans.values(), now, months), announced, drifts)


def show_dates(dates: Dates) -> None:
    """Columns that nobody fills, or all alike, are left out: a terminal of 80 letters is enough for most.

    "again from": the first period that is released again, with all between; "final": what becomes final.
    """
    rows = [_row(dates, one) for one in sorted(dates.ahead, key=lambda one: (dates.due_of(one), one.series))]
    used = [name for name in _COLUMNS if name in _ALWAYS or any(row[name] for row in rows)]
    alike = {name: rows[0][name] for name in ("series", "zone") if len({row[name] for row in rows}) == 1}
    used = [name for name in used if name not in alike]
    show_table(f"dates {' '.join(alike.values())}".strip(), used, [[row[name] for name in used] for row in rows])
    for sentence in remarks(dates):
        err.print(f"note: {sentence}")


def remarks(dates: Dates) -> list[str]:
    """Sentences: times that clocks do not show once, and announced dates that the plan would give otherwise."""
    changes = [
        f"{one.series}/{one.period}, {local(dates.due_of(one))}: {_CHANGES[one.clock_change]}"
        for one in dates.ahead
        if one.clock_change and dates.due_of(one) == one.due
    ]
    return [*changes, *(_drift_words(drift) for drift in dates.drifts)]


def dates_json(dates: Dates) -> dict[str, Any]:
    return {
        "dates": [_as_json(dates, one) for one in dates.ahead],
        "drifted": [
            {
                "release": drift.id.name,
                "announced": drift.announced.text,
                "proposed": drift.proposed.text if drift.proposed else None,
            }
            for drift in dates.drifts
        ],
    }


def local(moment: Moment) -> str:
    """ "2021-04-15 09:30 Asia/Seoul" """
    return f"{moment.local:%Y-%m-%d %H:%M} {moment.zone}"


def _row(dates: Dates, one: PlannedRelease) -> dict[str, str]:
    line, due, arrived_by = dates.line_of(one), dates.due_of(one), dates.arrived_by(one)
    return {
        "due": f"{due.local:%Y-%m-%d %H:%M}",
        "zone": due.zone,
        "series": one.series,
        "period": one.period,
        "data in by": f"{arrived_by.local:%Y-%m-%d}" if arrived_by else "",
        "again from": one.revised[0] if one.revised else "",
        "final": one.final or "",
        "announced": "no" if line is None else "yes" if line.status == "planned" else line.status,
    }


def _as_json(dates: Dates, one: PlannedRelease) -> dict[str, Any]:
    line, arrived_by = dates.line_of(one), dates.arrived_by(one)
    return {
        "series": one.series,
        "period": one.period,
        "due": dates.due_of(one).text,
        "proposed": one.due.text,
        "zone": one.due.zone,
        "status": line.status if line else None,
        "data_in_by": arrived_by.text if arrived_by else None,
        "released_again": one.revised,
        "final": one.final,
        "clock_change": one.clock_change or None,
    }


def _drift_words(drift: Drift) -> str:
    if drift.proposed is None:
        return (
            f"{drift.id.name} is announced for {local(drift.announced)}, and no plan has it: publish it, or take it "
            "back with 'publisher plan cancel'"
        )
    return (
        f"{drift.id.name} is announced for {local(drift.announced)}, the plan would now say {local(drift.proposed)}: "
        "the announced date holds until 'publisher plan announce' changes it"
    )
