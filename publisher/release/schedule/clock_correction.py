"""Saying that the clock was wrong: without it, an entry from a wrong 2036 would stop the office for ever."""

from datetime import datetime

from publisher.errors import ReleaseError
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace


def correct_clock(workspace: Workspace, reason: str, *, by: Signer, now: datetime) -> None:
    """Logs that the clock was wrong before and is right now. Raises ReleaseError without a reason."""
    if not reason.strip():
        raise ReleaseError("a reason is needed.", place="clock", remedy="Say what was wrong with the clock.")
    with disk_faults(str(workspace.log)), exclusive(workspace):
        times = [datetime.fromisoformat(entry.time) for entry in read_log(workspace).entries]
        reached = max(times, default=now).isoformat()
        draft = Draft("clock_corrected", who=by.person, detail=f"{reason.strip()} (the log had reached {reached})")
        append(workspace, draft, by, now=now)
