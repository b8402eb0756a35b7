"""What the public was told of releases to come, and what the plans would still tell it. The door of four files:

    lines             the calendar as it stands (calendar_lines.py)
    wanted            what a plan proposes for the months ahead and nobody has announced yet (calendar_proposals.py)
    drifted           announced dates that the plan, or its holidays, would give differently by now
    moved, cancelled  another date for an announced release, or none (calendar_changes.py)

A plan proposes, the log decides: nothing here moves a date that was announced. Each function is without I/O and
returns facts for a person or the service to append.
"""

from publisher.release.calendar.changes import cancelled, moved, open_release
from publisher.release.calendar.lines import CalendarLine, OldDate, Status, lines, next_number, time_of
from publisher.release.calendar.proposals import Drift, drifted, wanted

__all__ = [
    "CalendarLine",
    "Drift",
    "OldDate",
    "Status",
    "cancelled",
    "drifted",
    "lines",
    "moved",
    "next_number",
    "open_release",
    "time_of",
    "wanted",
]
