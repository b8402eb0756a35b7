"""Announcing: the lines of the log that give releases a date, another one, or none.

What is announced follows from the log as it stands under the lock: two who announce at once announce nothing twice.
The service key may announce what a plan proposes; a change of what readers were told is signed by a person.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.model.release_event import Moment, ReleaseId
from publisher.release.approval import gate
from publisher.release.calendar.calendar import cancelled, moved, wanted
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import AnnouncedFact, CancelledFact
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace

Told = AnnouncedFact | CancelledFact


def announce_ahead(
    workspace: Workspace, plan: Plan, signer: Signer, *, now: datetime, months: int = 12
) -> tuple[Told, ...]:
    """Announces what the plan proposes and nobody has announced: see calendar_proposals.wanted. Returns it.

    Raises ReleaseError for a clock that stands before the log's last line, and for a signer without the role.
    """
    return _tell(workspace, signer, now, lambda log: wanted(plan, log.leaves, now, months, taken=log.opened))


def announce_date(
    workspace: Workspace, release: ReleaseId, due: Moment, reason: str, signer: Signer, *, now: datetime
) -> tuple[Told, ...]:
    """Another date for an announced release and for all that comes out with it. Raises ReleaseError."""
    return _tell(workspace, signer, now, lambda log: moved(log.leaves, release, due, reason, now))


def announce_cancellation(
    workspace: Workspace, release: ReleaseId, reason: str, signer: Signer, *, now: datetime
) -> tuple[Told, ...]:
    """That an announced release will not come out, nor what would revise it. Raises ReleaseError."""
    return _tell(workspace, signer, now, lambda log: cancelled(log.leaves, release, reason))


def _tell(
    workspace: Workspace, signer: Signer, now: datetime, facts_of: Callable[[Log], Sequence[Told]]
) -> tuple[Told, ...]:
    """A line for each fact. A killed run has announced the first ones; the next run announces the rest."""
    with disk_faults(str(workspace.log), "Run the command again."), exclusive(workspace):
        log = read_log(workspace)
        gate.check_clock(log, now)
        facts = tuple(facts_of(log))
        for fact in facts:
            draft = Draft(fact.event, who=signer.person, release=fact.release, detail=fact.reason, fact=fact)
            append(workspace, draft, signer, now=now)
    return facts
