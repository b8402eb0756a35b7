"""That the data of a period are in: a person says so, in the log. Never a count, and nothing of it is public."""

from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import ReleaseId
from publisher.release.calendar.planned import next_release
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import Release, due_of
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def declare_data_in(workspace: Workspace, plan: Plan, period: str, *, by: Signer, now: datetime) -> ReleaseId:
    """Logs that the data of the period are complete enough to build from; said again, they are so anew.

    It counts for the release of the period that is to come, and for those that are due with it. Raises ReleaseError
    for a period that the plan does not have.
    """
    if not plan.covers(period):
        raise ReleaseError(
            f"the plan is {plan.frequency} and begins with {plan.first_period}.",
            place=f"{plan.id}/{period}",
            remedy="Name a period of this series.",
        )
    with disk_faults(str(workspace.log)), exclusive(workspace):
        log = read_log(workspace)
        planned = next_release(log, plan, period)
        id = planned.id if planned else ReleaseId(plan.id, period, log.releases_of(plan.id, period) + 1)
        named = Release(series=plan.id, period=period, number=id.number)
        append(workspace, Draft("data_in", who=by.person, release=named), by, now=now)
    return id


def data_arrivals(log: Log) -> dict[ReleaseId, int]:
    """Release -> the number of the log's line that last said that its data are in.

    What is due in one series at one moment is made from the same data: said of one, it holds for all of them.
    """
    said = {entry.release.id: entry.number for entry in log.of("data_in") if entry.release}
    moments: dict[tuple[str, datetime], int] = {}
    for id in said.keys() & log.announced.keys():
        key = id.series, due_of(log.announced[id]).instant
        moments[key] = max(said[id], moments.get(key, 0))
    shared = {id: moments.get((id.series, due_of(fact).instant), 0) for id, fact in log.announced.items()}
    return {**{id: line for id, line in shared.items() if line}, **said}
