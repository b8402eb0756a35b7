"""Publication: editions that were approved come out together, in one step for every reader. The steps: commit.py."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.clock import Clock
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release.access import access_facts
from publisher.release.approval import gate
from publisher.release.approval.approvals import approval_times, approvals_in_force, complete_at, preparer_of
from publisher.release.calendar.planned import next_release
from publisher.release.edition.edition import Edition
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.edition.waiting import turn_of
from publisher.release.folders import disk_faults, forbid_writing
from publisher.release.lock import exclusive
from publisher.release.people.register import SERVICE
from publisher.release.people.service import open_service
from publisher.release.people.signing import Signer
from publisher.release.people.staffing import check_lets_prepare, check_lets_publish
from publisher.release.publish.commit import Proposal, commit, leaves_with
from publisher.release.publish.converge import converge
from publisher.release.publish.ready import STEPS, Ready
from publisher.release.publish.site import RenderSite
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import AccessFact, EditionFact, PublishedFact, Release
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


@dataclass(frozen=True)
class Publication:
    """`already` is true where all of them were out before and nothing was changed."""

    editions: tuple[EditionRef, ...]
    site: Path
    already: bool

    @property
    def edition(self) -> EditionRef:
        """The first of them."""
        return self.editions[0]


@dataclass(frozen=True)
class Waiting:
    """An edition of a set with the manifest that lies there now."""

    edition: Edition
    manifest: Manifest
    ref: EditionRef


def publish(
    workspace: Workspace,
    plans: Mapping[str, Plan],
    editions: Sequence[Edition],
    render_site: RenderSite,
    *,
    by: Signer | None = None,
    clock: Clock,
    ready: Ready | None = None,
    progress: Progress = NO_PROGRESS,
) -> Publication:
    """Adds sealed and approved editions to releases/site, all in one step; first what the log says is shown.

    Rules and their order: gate.py. `by` is who gives the command, with the role 'publish'; None is an unattended
    run with the service key, which rests on the approvals alone. Editions that are out already are left as they
    are. `ready` comes from prepare(). A refusal of one holds back all of them; it
    is logged and raised as ReleaseError.
    """
    progress("Publish", 1, STEPS)
    converge(workspace, render_site, clock)
    waiting = in_order(editions)
    proposal = Proposal(
        subject="publication of " + ", ".join(one.edition.name for one in waiting),
        signer=by or open_service(workspace),
        draft=partial(_draft, plans, waiting, by),
        ask_clock=partial(_ask_clock, plans, waiting),
    )
    done = commit(workspace, proposal, render_site, clock, ready=ready, progress=progress)
    with disk_faults(proposal.subject, "Run the command again."):
        for one in waiting:
            forbid_writing(one.edition.root)
    progress("Publish", STEPS, STEPS)
    return Publication(tuple(one.ref for one in waiting), workspace.site, not done)


def prepare(
    workspace: Workspace,
    plans: Mapping[str, Plan],
    editions: Sequence[Edition],
    render_site: RenderSite | None = None,
    *,
    by: Signer | None = None,
    progress: Progress = NO_PROGRESS,
) -> Ready:
    """What takes long, done before the time comes: the editions' files linked and verified, and the pages made that
    `render_site` can make without that time. Close it after use.

    Asks every rule but those of the clock. Raises ReleaseError where one forbids it or nothing is left to publish.
    """
    waiting = in_order(editions)
    with exclusive(workspace):
        log = read_log(workspace)
        draft = _draft(plans, waiting, by, log)
        if draft is None:
            raise ReleaseError("is published already.", place=waiting[0].edition.name)
        leaves = leaves_with(workspace, log, draft, datetime.fromisoformat(log.entries[-1].time))
    ready = Ready(workspace, progress)
    try:
        ready.fill(leaves, render_site)
    except BaseException:
        ready.__exit__()
        raise
    return ready


def in_order(editions: Sequence[Edition]) -> tuple[Waiting, ...]:
    """By due time, series, period: the order in which each audit took those before it for published.

    Raises ReleaseError where there is none, or two are of one period.
    """
    found = [Waiting(edition, manifest, manifest.ref) for edition in editions for manifest in [edition.manifest]]
    periods = {(one.ref.series, one.ref.period) for one in found}
    if not found or len(periods) < len(found):
        raise ReleaseError(
            "one edition of a period can come out at a time.",
            place=", ".join(one.edition.name for one in found) or "publish",
            remedy="Name each period once.",
        )
    return tuple(sorted(found, key=lambda one: turn_of(one.manifest)))


def _draft(plans: Mapping[str, Plan], waiting: Sequence[Waiting], by: Signer | None, log: Log) -> Draft | None:
    """The line for all that are not out yet. Raises ReleaseError for the first rule that one of them breaks."""
    if by is not None:
        gate.check_may_publish(log.register, by)
    out, facts = [fact.edition for fact in log.published.values()], list[EditionFact]()
    access: list[AccessFact] = []
    for one in waiting:
        if one.ref.name not in log.published:
            _ask(_plan(plans, one), one, log, out)
            check_lets_publish(_plan(plans, one), by.person if by else SERVICE)
            facts.append(_fact(one, log))
            access += access_facts(log, one.manifest)
            out.append(one.ref)
    if not facts:
        return None
    ref = facts[0].edition if len(facts) == 1 else None
    fact = PublishedFact(editions=tuple(facts), access=tuple(access))
    return Draft("published", who=by.person if by else "service", edition=ref, fact=fact)


def _ask(plan: Plan, one: Waiting, log: Log, before: Sequence[EditionRef]) -> None:
    """Every rule that no clock is needed for. That its bytes are there is Ready.fill's part."""
    manifest = one.manifest
    check_lets_prepare(plan, preparer_of(one.edition, log.register).name)
    approvers = [person.name for person, _ in approvals_in_force(log, one.edition, plan.people.approve)]
    for rule in gate.rules(plan, manifest, next_release(log, plan, manifest.period), before, approvers):
        rule()


def _ask_clock(plans: Mapping[str, Plan], waiting: Sequence[Waiting], log: Log, now: datetime) -> None:
    gate.check_clock(log, now)
    for one in waiting:
        if one.ref.name not in log.published:
            plan, manifest = _plan(plans, one), one.manifest
            gate.check_due(manifest, now)
            times = approval_times(log, one.edition, plan.people.approve)
            approved = complete_at(times, gate.needed_approvals(plan, manifest))
            gate.check_in_time(manifest, next_release(log, plan, manifest.period), log, approved)


def _plan(plans: Mapping[str, Plan], one: Waiting) -> Plan:
    plan = plans.get(one.ref.series)
    if plan is None:
        raise ReleaseError("no plan names this series.", place=one.edition.name, remedy="Restore its plan.toml.")
    return plan


def _fact(one: Waiting, log: Log) -> EditionFact:
    manifest = one.manifest
    versions = [
        fact.edition.version
        for fact in log.published.values()
        if (fact.edition.series, fact.edition.period) == (manifest.series, manifest.period)
    ]
    return EditionFact(
        edition=one.ref,
        release=Release(series=manifest.series, period=manifest.period, number=manifest.release),
        kind=manifest.kind,
        title=manifest.title,
        due=manifest.moment.instant.isoformat(),
        zone=manifest.zone,
        reason=manifest.reason,
        supersedes=max(versions, default=None),
        prepared_by=preparer_of(one.edition, log.register).public_key,
        approvals=tuple(approval for _, approval in approvals_in_force(log, one.edition)),
    )
