"""Asking for a further release of a published period. Nothing is public until it is announced or comes out."""

from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import Kind, Moment, ReleaseId
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft, OpenedBody
from publisher.release.transparency.facts import Release
from publisher.release.transparency.log import read_log
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

    `due` is when it may be seen, `reason` the sentence that readers get with it. Raises ReleaseError where nothing of
    the period is out, the kind is none of a further release, or no reason is given.
    """
    with disk_faults(str(workspace.log)), exclusive(workspace):
        number = read_log(workspace).releases_of(plan.id, period) + 1
        id = ReleaseId(plan.id, period, number)
        if number == 1 or kind == "first":
            raise ReleaseError(
                "nothing of this period is published yet.", place=id.name, remedy="Build its first edition."
            )
        if not reason.strip():
            raise ReleaseError("a reason is needed; readers see it.", place=id.name, remedy="Say what was wrong.")
        moment = Moment(due, plan.schedule.timezone.key)
        body = OpenedBody(release_kind=kind, due=moment.instant.isoformat(), zone=moment.zone, reason=reason)
        release = Release(series=id.series, period=id.period, number=number)
        append(workspace, Draft("opened", who=by.person, release=release, body=body), by, now=now)
    return id
