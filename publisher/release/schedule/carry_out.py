"""Doing what the agenda asks for. Each ends in a line of the log, written if the agenda still asks for it then."""

from collections.abc import Sequence
from contextlib import suppress

from publisher.errors import PublisherError
from publisher.model.release_event import ReleaseId
from publisher.release.edition.edition import Edition, newest_edition
from publisher.release.edition.manifest import EditionRef
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.packs import make_packs
from publisher.release.people.register import SERVICE
from publisher.release.people.service import open_service
from publisher.release.publish.converge import converge
from publisher.release.publish.publish import prepare, publish
from publisher.release.publish.ready import Ready
from publisher.release.schedule.actions import Action, Announce, Delay, Pack, Prepare, Publish, Remind
from publisher.release.schedule.desk import Desk
from publisher.release.schedule.notes import note
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import AnnouncedFact, DelayedFact, Release


def show(desk: Desk) -> None:
    """What the log says, and the site does not."""
    converge(desk.workspace, desk.render_site, desk.clock)


def publish_set(desk: Desk, action: Publish, ready: Ready | None) -> None:
    """Raises what publish() raises; that it failed is noted, unless somebody else only held the lock."""
    editions, names = _editions(desk, action.editions), ", ".join(ref.name for ref in action.editions)
    try:
        done = publish(desk.workspace, desk.plans(), editions, desk.render_site, clock=desk.clock, ready=ready)
    except PublisherError as fault:
        if fault.place != str(desk.workspace.private / "release.lock"):
            text = note("publication failed", fault.message)
            with suppress(PublisherError):
                _append(desk, [Draft("reminded", who=SERVICE, edition=ref, detail=text) for ref in action.editions])
            desk.notify(f"{names}: {text}")
        raise
    if not done.already:
        desk.tell(f"published {names}")


def prepare_set(desk: Desk, action: Prepare) -> Ready:
    return prepare(desk.workspace, desk.plans(), _editions(desk, action.editions), desk.render_site)


def delay(desk: Desk, action: Delay) -> None:
    release = action.release
    fact = DelayedFact(release=_named(release), reason=action.reason)
    if _log(desk, action, [_about(release, fact=fact)]):
        desk.say(f"{release.series} {release.period} is delayed: {action.reason}; announce a new time")
        show(desk)


def remind(desk: Desk, action: Remind) -> None:
    """Logged first: a reminder that was lost is given again the next day, none is given twice."""
    if _log(desk, action, [_about(action.release, detail=note("reminder", action.text))]):
        desk.say(action.text)


def announce(desk: Desk, action: Announce) -> None:
    if _log(desk, action, [_about(fact.release.id, fact=fact) for fact in action.facts]):
        series = action.facts[0].release.series
        desk.tell(f"announced {len(action.facts)} of {series}, the last for {action.facts[-1].due}")
        show(desk)


def pack(desk: Desk, action: Pack) -> None:
    edition = _editions(desk, [action.edition])[0]
    by, now = open_service(desk.workspace), desk.clock.now()
    for made in make_packs(edition, desk.plans()[edition.series], by=by, now=now, recipients=[action.recipient]):
        whom = made.recipient
        desk.tell(f"pack of {edition.name} for {whom.organisation}, {whom.post}: {made.path}")


def note_build(desk: Desk, release: ReleaseId, code: int) -> None:
    """What a build of the service came to."""
    name = f"{release.series} {release.period}"
    text = f"{name} could not be built (exit code {code})" if code else f"{name} {_came_to(desk, release)}"
    _append(desk, [_about(release, detail=note("build failed" if code else "build done", text))])
    desk.say(text)


def _came_to(desk: Desk, release: ReleaseId) -> str:
    """A build that finds the figures of a published version makes none for this release."""
    newest = newest_edition(desk.workspace, release.series, release.period)
    if newest is not None and newest.manifest.release_id == release:
        return "is built; review and approve it"
    return "has nothing to publish: the figures are those that are out; cancel it"


def _log(desk: Desk, action: Action, drafts: Sequence[Draft]) -> bool:
    """Whether the lines were still wanted once the release lock was held: of two schedulers the lock decides."""
    with disk_faults(str(desk.workspace.log)), exclusive(desk.workspace):
        if action not in desk.wanted():
            return False
        _write(desk, drafts)
    return True


def _append(desk: Desk, drafts: Sequence[Draft]) -> None:
    with disk_faults(str(desk.workspace.log)), exclusive(desk.workspace):
        _write(desk, drafts)


def _write(desk: Desk, drafts: Sequence[Draft]) -> None:
    service = open_service(desk.workspace)
    for draft in drafts:
        append(desk.workspace, draft, service, now=desk.clock.now())


def _editions(desk: Desk, refs: Sequence[EditionRef]) -> list[Edition]:
    return [Edition(desk.workspace, ref.series, ref.period, ref.version) for ref in refs]


def _named(id: ReleaseId) -> Release:
    return Release(series=id.series, period=id.period, number=id.number)


def _about(id: ReleaseId, *, detail: str = "", fact: DelayedFact | AnnouncedFact | None = None) -> Draft:
    """The service's line about a release; the event is that of the fact, a note without one."""
    return Draft(fact.event if fact else "reminded", who=SERVICE, release=_named(id), detail=detail, fact=fact)
