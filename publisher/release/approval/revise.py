"""Asking for a further release of a published period. Nothing is public until it is announced or comes out."""

from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import Kind, Moment, ReleaseId
from publisher.release.calendar.lines import lines, number_after
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft, OpenedBody
from publisher.release.transparency.facts import Release
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def revise(
    workspace: Workspace,
    plan: Plan,
    period: str,
    *,
    kind: Kind,
    due: datetime,
    reason: str,
    by: Signer,
    now: datetime,
) -> ReleaseId:
    """Opens the next release of a period that is out: a scheduled revision or an unscheduled correction.

    `due` is when it may be seen, to the second; `reason` the sentence that readers get with it. Raises ReleaseError
    where nothing of the period is out, the kind is none of a further release, or no reason is given.
    """
    with disk_faults(str(workspace.log)), exclusive(workspace):
        log = read_log(workspace)
        id = _next_id(log, plan.id, period)
        if not log.releases_of(plan.id, period) or kind == "first":
            raise ReleaseError(
                "nothing of this period is published yet.", place=id.name, remedy="Build its first edition."
            )
        if not reason.strip():
            raise ReleaseError("a reason is needed; readers see it.", place=id.name, remedy="Say what was wrong.")
        moment = Moment(due.replace(microsecond=0), plan.schedule.timezone.key)
        body = OpenedBody(release_kind=kind, due=moment.instant.isoformat(), zone=moment.zone, reason=reason)
        release = Release(series=id.series, period=id.period, number=id.number)
        append(workspace, Draft("opened", who=by.person, release=release, body=body), by, now=now)
    return id


def _next_id(log: Log, series: str, period: str) -> ReleaseId:
    """A name that no release has; that of the last request where this is neither announced nor out."""
    told = [line.id for line in lines(log.leaves)]
    pending = [id for id in log.opened if (id.series, id.period) == (series, period) and id not in told]
    return pending[-1] if pending else ReleaseId(series, period, number_after([*told, *log.opened], series, period))
