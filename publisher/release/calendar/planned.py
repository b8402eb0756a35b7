"""Which release of a period an edition is to be: what the log announced or opened, else what the plan proposes."""

from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import Moment, PlannedRelease, ReleaseId
from publisher.release.calendar import lines as calendar_lines
from publisher.release.transparency.facts import AnnouncedFact, CancelledFact, EditionFact, due_of
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def next_release(log: Log, plan: Plan, period: str) -> PlannedRelease | None:
    """The release of the period that is to come. None where it was cancelled, or is out and nobody asked for another.

    Of several the one that is due first: scheduled revisions are announced, and numbered, a year ahead, and a
    correction comes out before them. One that is late and has no new date waits for all others.
    """
    first = ReleaseId(plan.id, period, 1)
    out = {fact.release.id for fact in log.published.values()}
    open = {id: each for id in log.announced.keys() | log.opened.keys() if (each := _asked_for(log, id))}
    coming = [each for id, each in open.items() if (id.series, id.period) == (plan.id, period) and id not in out]
    if not log.releases_of(plan.id, period):
        proposed = PlannedRelease(first, "first", plan.moment(period), "", announced=False)
        return open.get(first) or (None if first in _cancelled(log) else proposed)
    late = {line.id for line in calendar_lines.lines(log.leaves) if line.status == "delayed"} if coming[1:] else set()
    return min(coming, key=lambda each: (each.id in late, each.due, each.id), default=None)


def _asked_for(log: Log, id: ReleaseId) -> PlannedRelease | None:
    announced, opened = log.announced.get(id), log.opened.get(id)
    if announced is not None:
        return PlannedRelease(id, announced.kind, due_of(announced), announced.reason, announced=True)
    if opened is not None:
        due = Moment(datetime.fromisoformat(opened.due), opened.zone)
        return PlannedRelease(id, opened.release_kind, due, opened.reason, announced=False)
    return None


def _cancelled(log: Log) -> set[ReleaseId]:
    facts = (leaf.fact for leaf in log.leaves)
    return {fact.release.id for fact in facts if isinstance(fact, CancelledFact)} - log.announced.keys()


def release_of(workspace: Workspace, plan: Plan, period: str) -> PlannedRelease:
    """What a build of the period is for: the release to come, else the one that came out last, to be made again.
    Raises ReleaseError where readers were told that none will come."""
    log = read_log(workspace)
    facts = [
        fact for fact in log.published.values() if (fact.release.series, fact.release.period) == (plan.id, period)
    ]
    coming = next_release(log, plan, period) or (released(facts[-1]) if facts else None)
    if coming is None:
        raise ReleaseError(
            "readers were told that it will not come out.",
            place=f"{plan.id}/{period}",
            remedy="Announce it anew: 'publisher plan announce' with --period, --release 1, --due and --reason.",
        )
    return coming


def released(fact: EditionFact) -> PlannedRelease:
    return PlannedRelease(fact.release.id, fact.kind, due_of(fact), fact.reason, announced=True)


def announcement(planned: PlannedRelease, title: str) -> AnnouncedFact:
    """The fact that tells readers of it."""
    return calendar_lines.announcement(planned.id, planned.kind, title, planned.due, planned.reason)
