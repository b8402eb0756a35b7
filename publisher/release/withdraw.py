"""Withdrawal: an edition must not be used any more. Its pages say so for ever; its data leave the site at once."""

from datetime import datetime
from functools import partial

from publisher.errors import ReleaseError
from publisher.model.clock import Clock
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release import gate
from publisher.release.commit import Proposal, commit
from publisher.release.converge import converge
from publisher.release.signing import Signer
from publisher.release.site import RenderSite
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import WithdrawnFact
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


def withdraw(
    workspace: Workspace,
    edition: str,
    *,
    reason: str,
    contact: str,
    known: str,
    by: Signer,
    clock: Clock,
    render_site: RenderSite,
    progress: Progress = NO_PROGRESS,
) -> WithdrawnFact:
    """Withdraws SERIES/PERIOD/vN. The same again changes nothing; what was said at first stands.

    `reason`, `contact` and `known` (what stays known, since copies exist) are read by everyone. The number is never
    used again, the version before stays superseded, audits go on counting it, its files stay in the workspace and
    its privacy loss stays spent. One signature with the role 'publish' is enough. Raises ReleaseError.
    """
    converge(workspace, render_site, clock)
    proposal = Proposal(
        subject=f"withdrawal of {edition}",
        signer=by,
        draft=partial(_draft, edition, reason.strip(), contact.strip(), known.strip(), by),
        ask_clock=_ask_clock,
    )
    commit(workspace, proposal, render_site, clock, progress=progress)
    return read_log(workspace).withdrawn[edition]


def _draft(edition: str, reason: str, contact: str, known: str, by: Signer, log: Log) -> Draft | None:
    gate.check_may_publish(log.register, by)
    fact = log.published.get(edition)
    if fact is None:
        raise ReleaseError(
            "was never published.", place=edition, remedy="Name SERIES/PERIOD/vN as 'publisher status' shows it."
        )
    if edition in log.withdrawn:
        return None
    if not (reason and contact and known):
        raise ReleaseError(
            "needs a reason, a contact and what stays known; readers see them.",
            place=edition,
            remedy="Give --reason, --contact and --known.",
        )
    gone = WithdrawnFact(edition=fact.edition, reason=reason, contact=contact, known=known)
    return Draft("withdrawn", who=by.person, edition=fact.edition, fact=gone)


def _ask_clock(log: Log, now: datetime) -> None:
    gate.check_clock(log, now)
