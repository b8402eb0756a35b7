"""The time that the clock must not stand before: the latest in the log since it was last said to be wrong."""

from datetime import datetime

from publisher.release.transparency.log import Log


def reference_time(log: Log) -> datetime | None:
    """The latest time logged, not the last: a line written by a clock set back must not lower it.

    Only a person who may publish lowers it, with 'clock_corrected': times logged before that line no longer count.
    """
    latest: datetime | None = None
    for entry in log.entries:
        time = datetime.fromisoformat(entry.time)
        latest = time if latest is None or entry.event == "clock_corrected" else max(latest, time)
    return latest
