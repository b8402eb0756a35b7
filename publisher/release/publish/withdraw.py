"""Withdrawal: an edition must not be used any more. Its pages say so for ever; its data leave the site at once."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from publisher.catalogue.load import load_plans
from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.clock import Clock
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.approval import gate
from publisher.release.edition.records import encode
from publisher.release.people.signing import Signer
from publisher.release.people.staffing import allowed
from publisher.release.publish.commit import Proposal, commit
from publisher.release.publish.converge import converge
from publisher.release.publish.site import RenderSite
from publisher.release.transparency.entry import Draft, WithdrawalBody
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
    also: Sequence[Signer] = (),
    clock: Clock,
    render_site: RenderSite,
    progress: Progress = NO_PROGRESS,
) -> WithdrawnFact:
    """Withdraws SERIES/PERIOD/vN. The same again changes nothing; what was said at first stands.

    `reason`, `contact` and `known` (what stays known, since copies exist) are read by everyone. The number is never
    used again, the version before stays superseded, audits go on counting it, its files stay in the workspace and
    its privacy loss stays spent. `by` and `also` are the persons, with the role 'publish', whom the plan asks for.
    Raises ReleaseError.
    """
    converge(workspace, render_site, clock)
    plan = load_plans(workspace).get(edition.partition("/")[0])
    proposal = Proposal(
        subject=f"withdrawal of {edition}",
        signer=by,
        draft=partial(_draft, edition, (reason.strip(), contact.strip(), known.strip()), plan, (by, *also)),
        ask_clock=_ask_clock,
    )
    commit(workspace, proposal, render_site, clock, progress=progress)
    return read_log(workspace).withdrawn[edition]


def _draft(
    edition: str, words: tuple[str, str, str], plan: Plan | None, signers: Sequence[Signer], log: Log
) -> Draft | None:
    _check_signers(edition, plan, signers, log)
    published = log.published.get(edition)
    if published is None:
        raise ReleaseError(
            "was never published.", place=edition, remedy="Name SERIES/PERIOD/vN as 'publisher status' shows it."
        )
    if edition in log.withdrawn:
        return None
    reason, contact, known = words
    if not all(words):
        raise ReleaseError(
            "needs a reason, a contact and what stays known; readers see them.",
            place=edition,
            remedy="Give --reason, --contact and --known.",
        )
    fact = WithdrawnFact(edition=published.edition, reason=reason, contact=contact, known=known)
    others = tuple(signer.sign(encode(fact)) for signer in signers[1:])
    body = WithdrawalBody(also=others) if others else None
    return Draft("withdrawn", who=signers[0].person, edition=published.edition, body=body, fact=fact)


def _check_signers(edition: str, plan: Plan | None, signers: Sequence[Signer], log: Log) -> None:
    """Each may publish, by the register and by the plan, and they are as many as the plan asks for."""
    for signer in signers:
        gate.check_may_publish(log.register, signer)
    named, needed = (plan.people.publish, plan.withdrawals) if plan else ((), 1)
    given = len(allowed({signer.person for signer in signers}, named))
    if given < needed:
        raise ReleaseError(
            f"{given} of the {needed} signatures are given that the plan asks for.",
            place=edition,
            remedy="Name further persons with '--also PERSON'.",
        )


def _ask_clock(log: Log, now: datetime) -> None:
    gate.check_clock(log, now)
