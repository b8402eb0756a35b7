"""Which release of a period an edition is to be: what the log announced or opened, else what the plan proposes."""

from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.model.release_event import Moment, PlannedRelease, ReleaseId
from publisher.release.transparency.facts import AnnouncedFact, EditionFact, Release, due_of
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def next_release(log: Log, plan: Plan, period: str) -> PlannedRelease | None:
    """The release of the period that is to come. None where one is out and nobody asked for another.

    Of several the one that is due first: scheduled revisions are announced, and numbered, a year ahead, and a
    correction comes out before them.
    """
    first = ReleaseId(plan.id, period, 1)
    out = {fact.release.id for fact in log.published.values()}
    open = {id: each for id in log.announced.keys() | log.opened.keys() if (each := _asked_for(log, id))}
    coming = [each for id, each in open.items() if (id.series, id.period) == (plan.id, period) and id not in out]
    if not log.releases_of(plan.id, period):
        return open.get(first) or PlannedRelease(first, "first", plan.moment(period), "", announced=False)
    return min(coming, key=lambda each: (each.due, each.id), default=None)


def _asked_for(log: Log, id: ReleaseId) -> PlannedRelease | None:
    announced, opened = log.announced.get(id), log.opened.get(id)
    if announced is not None:
        return PlannedRelease(id, announced.kind, due_of(announced), announced.reason, announced=True)
    if opened is not None:
        due = Moment(datetime.fromisoformat(opened.due), opened.zone)
        return PlannedRelease(id, opened.release_kind, due, opened.reason, announced=False)
    return None


def release_of(workspace: Workspace, plan: Plan, period: str) -> PlannedRelease:
    """What a build of the period is for: the release to come, else the one that came out last, to be made again."""
    log = read_log(workspace)
    facts = [
        fact for fact in log.published.values() if (fact.release.series, fact.release.period) == (plan.id, period)
    ]
    return next_release(log, plan, period) or released(facts[-1])


def released(fact: EditionFact) -> PlannedRelease:
    return PlannedRelease(fact.release.id, fact.kind, due_of(fact), fact.reason, announced=True)


def announcement(planned: PlannedRelease, title: str) -> AnnouncedFact:
    """The fact that tells readers of it."""
    id = planned.id
    return AnnouncedFact(
        release=Release(series=id.series, period=id.period, number=id.number),
        kind=planned.kind,
        title=title,
        due=planned.due.instant.isoformat(),
        zone=planned.due.zone,
        reason=planned.reason,
    )
