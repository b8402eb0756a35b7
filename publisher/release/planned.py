"""Which release of a period an edition is to be: what the log announced or opened, else what the plan proposes."""

from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.model.release_event import Moment, PlannedRelease, ReleaseId
from publisher.release.transparency.facts import AnnouncedFact, EditionFact, Release, due_of
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def next_release(log: Log, plan: Plan, period: str) -> PlannedRelease | None:
    """The release of the period that is to come. None where one is out and nobody asked for another."""
    number = log.releases_of(plan.id, period) + 1
    id = ReleaseId(plan.id, period, number)
    announced, opened = log.announced.get(id), log.opened.get(id)
    if announced is not None:
        return PlannedRelease(id, announced.kind, due_of(announced), announced.reason, announced=True)
    if opened is not None:
        due = Moment(datetime.fromisoformat(opened.due), opened.zone)
        return PlannedRelease(id, opened.release_kind, due, opened.reason, announced=False)
    if number == 1:
        return PlannedRelease(id, "first", Moment(plan.due(period), plan.schedule.timezone.key), "", announced=False)
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
