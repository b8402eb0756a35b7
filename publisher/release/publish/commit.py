"""Saying something to the public: the site that will show it is made first, then one line in the log is the commit.

    prepare    the whole new site, checked and synced, in a folder that only this user can enter; no lock is held
    lock       what was prepared must still be what the next line makes of the log, else it is prepared again
    ask        the rules; the clock is read last, after everything slow
    append     the commit: one synced line
    show       log/ is written into the folder, one rename shows it

A kill before `append`: nothing happened. After it: whoever comes next shows it (converge.py).
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from publisher.errors import ReleaseError
from publisher.model.clock import Clock
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.approval.gate import CLOCK_TOLERANCE
from publisher.release.folders import disk_faults
from publisher.release.lock import exclusive
from publisher.release.people.signing import Signer
from publisher.release.publish.converge import ATTEMPTS, changing, require_served_extended, show
from publisher.release.publish.ready import Ready
from publisher.release.publish.site import RenderSite, SiteContent
from publisher.release.transparency.append import append, next_leaf
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import Leaf
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace

LONGEST_RENDERING = timedelta(minutes=5)  # by so much at most does a line's time lie before its commit


@dataclass(frozen=True)
class Proposal:
    """`draft` gives the line for a log, None where that says it already, or raises what forbids it.

    `ask_clock` raises what the time forbids; `signer` signs the line; `subject` names it in refusals.
    """

    subject: str
    signer: Signer
    draft: Callable[[Log], Draft | None]
    ask_clock: Callable[[Log, datetime], None]


def commit(
    workspace: Workspace,
    proposal: Proposal,
    render_site: RenderSite,
    clock: Clock,
    *,
    ready: Ready | None = None,
    progress: Progress = NO_PROGRESS,
) -> bool:
    """Logs and shows. Returns whether it was still to be done. A refusal is logged and raised as ReleaseError.

    `ready` may hold the editions already, filled in before the time came. Pages show the time of the line, so the
    clock is read before they are rendered, and once more just before the line is written: both must be allowed.
    """
    with disk_faults(proposal.subject):
        for _ in range(ATTEMPTS):
            leaves = _proposed(workspace, proposal, clock)
            if leaves is None:
                return False
            with _filled(workspace, proposal, ready, leaves, render_site, clock, progress) as site:
                if _commit(workspace, proposal, site, render_site, clock):
                    return True
            ready = None
    raise changing(workspace)


def leaves_with(workspace: Workspace, log: Log, draft: Draft, time: datetime) -> tuple[Leaf, ...]:
    """The public log once this draft is the log's next line, logged at this time."""
    leaf = next_leaf(workspace, draft, now=time)
    return (*log.leaves, *([leaf] if leaf else []))


def _proposed(workspace: Workspace, proposal: Proposal, clock: Clock) -> tuple[Leaf, ...] | None:
    """What the public log is to be, if the rules allow it now; None where there is nothing left to log."""
    with exclusive(workspace):
        log = read_log(workspace)
        require_served_extended(workspace, log)
        with _refusals_logged(workspace, proposal, clock):
            draft = proposal.draft(log)
            if draft is None:
                return None
            time = clock.now().replace(microsecond=0)  # the public needs no finer one
            proposal.ask_clock(log, time)
            return leaves_with(workspace, log, draft, time)


@contextmanager
def _filled(
    workspace: Workspace,
    proposal: Proposal,
    ready: Ready | None,
    leaves: Sequence[Leaf],
    render_site: RenderSite,
    clock: Clock,
    progress: Progress,
) -> Iterator[Ready]:
    """A folder with the editions of this public log. What was given is its giver's to close."""
    if ready is not None and ready.fits(leaves, render_site):
        yield ready
        return
    with Ready(workspace, progress) as fresh:
        with _refusals_logged(workspace, proposal, clock, lock=True):
            fresh.fill(leaves, render_site)
        yield fresh


def _commit(workspace: Workspace, proposal: Proposal, site: Ready, render_site: RenderSite, clock: Clock) -> bool:
    """Renders for the time that it is now, then logs and shows. False where the log went on meanwhile."""
    leaves = _proposed(workspace, proposal, clock)
    if leaves is None or not site.fits(leaves, render_site):
        return False
    with _refusals_logged(workspace, proposal, clock, lock=True):
        site.render(leaves, render_site)
    with exclusive(workspace):
        if not _append(workspace, proposal, site.content, clock):
            return False
        with disk_faults(proposal.subject, "It is logged as done. Run the command again: it shows what is logged."):
            show(site, read_log(workspace), clock)
    return True


def _append(workspace: Workspace, proposal: Proposal, content: SiteContent, clock: Clock) -> bool:
    """The commit, if the line is the very one that the site was rendered for. The clock is read last."""
    log = read_log(workspace)
    require_served_extended(workspace, log)
    with _refusals_logged(workspace, proposal, clock):
        draft = proposal.draft(log)
        if draft is None or content.leaves != (*log.leaves, next_leaf(workspace, draft, now=content.time)):
            return False
        now = clock.now()
        proposal.ask_clock(log, now)
        if not content.time - CLOCK_TOLERANCE <= now <= content.time + LONGEST_RENDERING:
            return False
    append(workspace, draft, proposal.signer, now=content.time)
    return True


@contextmanager
def _refusals_logged(workspace: Workspace, proposal: Proposal, clock: Clock, *, lock: bool = False) -> Iterator[None]:
    """`lock` where the release lock is not held yet."""
    try:
        yield
    except ReleaseError as refusal:
        draft = Draft("refused", who=proposal.signer.person, detail=f"{proposal.subject}: {refusal.message}")
        with exclusive(workspace) if lock else nullcontext():
            append(workspace, draft, None, now=clock.now())
        raise
