"""The rules of publication, without I/O. publish() asks them in this order; each raises ReleaseError or says nothing.

    check_may_publish     who gives the command has the role (an unattended run names nobody)
    check_named_by_plan   a plan names the series, the period and exactly these tables
    check_newest          it is not older than what is already out for its period
    check_planned         it is the release that is to come next for its period, at the time that was announced
    check_verdict         the audit passed
    check_combination     the audit combined it with everything published until now
    check_approvals       enough second persons signed for these bytes
    check_clock           the clock is not behind what was logged already
    check_due             its time has come
    check_in_time         if the public was told a time, it was approved by then, or a new time was announced

That the signature holds and every byte is there is verify.verify's part, asked of the very files that go out.
"""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from functools import partial

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import PlannedRelease, ReleaseId
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.people.register import Person, Register
from publisher.release.people.signing import Signer
from publisher.release.people.staffing import allowed
from publisher.release.transparency.facts import AnnouncedFact, DelayedFact
from publisher.release.transparency.log import Log

CLOCK_TOLERANCE = timedelta(seconds=2)
SHORTEST_DIGEST = 12  # letters of a SHA-256 that a person must give: 48 bits


def rules(
    plan: Plan,
    manifest: Manifest,
    planned: PlannedRelease | None,
    before: Collection[EditionRef],
    approvers: Collection[str],
) -> tuple[Callable[[], None], ...]:
    """Those that ask about the edition and not about the hour, in order. `before`: all that is out when it comes."""
    return (
        partial(check_named_by_plan, plan, manifest),
        partial(check_newest, manifest, before),
        partial(check_planned, manifest, planned),
        partial(check_verdict, manifest),
        partial(check_combination, manifest, before),
        partial(check_approvals, plan, manifest, approvers),
    )


def check_may_publish(register: Register, signer: Signer) -> None:
    if not register.may(signer.fingerprint, "publish", "operate"):
        raise ReleaseError(
            "this person may not publish.", place=signer.person, remedy="Ask someone who has the role 'publish'."
        )


def check_named_by_plan(plan: Plan, manifest: Manifest) -> None:
    place, tables = manifest.ref.name, {entry.id for entry in manifest.queries}
    if manifest.series != plan.id or manifest.period < plan.first_period:
        raise ReleaseError(f"the plan {plan.id} does not name it.", place=place, remedy="Publish it under its plan.")
    if tables != set(plan.queries):
        differing = ", ".join(sorted(tables ^ set(plan.queries)))
        raise ReleaseError(
            f"the plan names other tables than the build made ({differing}).", place=place, remedy="Build it again."
        )


def check_planned(manifest: Manifest, planned: PlannedRelease | None) -> None:
    """`planned` is what is to come next for the period. The approver must have seen the same release and time."""
    place = manifest.ref.name
    if planned is None or (manifest.release_id, manifest.kind) != (planned.id, planned.kind):
        raise ReleaseError(
            "is not the release of its period that is to come next.", place=place, remedy="Build it again."
        )
    if manifest.moment != planned.due:
        raise ReleaseError(
            "its due time was changed after the build.", place=place, remedy="Build and approve it again."
        )


def check_to_come(planned: PlannedRelease, log: Log) -> None:
    """A build of a period that is out, with other figures, needs somebody who asked for a further release."""
    if planned.id in {fact.release.id for fact in log.published.values()}:
        raise ReleaseError(
            "the figures differ from those that are published, and nobody asked for a further release.",
            place=f"{planned.id.series}/{planned.id.period}",
            remedy="Run 'publisher revise SERIES PERIOD --reason TEXT', then build it again.",
        )


def check_newest(manifest: Manifest, published: Collection[EditionRef]) -> None:
    newer = [ref.version for ref in published if (ref.series, ref.period) == (manifest.series, manifest.period)]
    if newer and max(newer) > manifest.version:
        raise ReleaseError(
            f"version {max(newer)} of this period is already published.",
            place=manifest.ref.name,
            remedy="Build it again: it gets a newer version.",
        )


def check_unpublished(edition: EditionRef, log: Log) -> None:
    if edition.name in log.published:
        raise ReleaseError("is published already.", place=edition.name, remedy="Nothing is left to approve.")


def check_reviewed(manifest: Manifest, reviewed: str) -> None:
    """`reviewed` is what the approver says to have read: the manifest's SHA-256, or its beginning."""
    digest = manifest.ref.manifest_sha256
    if len(reviewed) < SHORTEST_DIGEST or not digest.startswith(reviewed):
        raise ReleaseError(
            "is not the edition that was reviewed.",
            place=manifest.ref.name,
            remedy=f"Run 'publisher review {manifest.ref.name}' and approve with the digest that it shows.",
        )


def check_verdict(manifest: Manifest) -> None:
    if manifest.audit.verdict != "passed" or manifest.audit.findings:
        raise ReleaseError(
            "the audit did not pass.",
            place=manifest.ref.name,
            remedy="Read private/audit.json beside the edition, mend what it names, and build again.",
        )


def check_combination(manifest: Manifest, before: Collection[EditionRef]) -> None:
    """Protection is judged over everything ever published: an edition the audit did not know voids its verdict.

    `before` is all that is out when this comes out, those of the same moment that come before it included. An
    edition that the audit took for published and that is not is refused too: its name would stand in the manifest.
    """
    unknown = sorted(ref.name for ref in set(before) - set(manifest.earlier))
    early = sorted(ref.name for ref in set(manifest.earlier) - set(before))
    if unknown:
        raise ReleaseError(
            f"since its audit other editions came out ({', '.join(unknown)}); nobody attacked them together.",
            place=manifest.ref.name,
            remedy="Build and approve it again.",
        )
    if early:
        raise ReleaseError(
            f"it was audited as coming after {', '.join(early)}, not published yet.",
            place=manifest.ref.name,
            remedy="Publish those first or with it, or build and approve it again.",
        )


def check_second_person(edition: str, *, approver: Person, preparer: Person) -> None:
    """One human may have had several keys: names count as well as keys."""
    if approver.fingerprint == preparer.fingerprint or approver.name == preparer.name:
        raise ReleaseError(
            "who prepared an edition cannot approve it.", place=edition, remedy="Ask a second person to approve."
        )


def check_approvals(plan: Plan, manifest: Manifest, approvers: Collection[str]) -> None:
    """`approvers` are the names of those whose approval holds; those count whom the plan lets approve."""
    needed, given = needed_approvals(plan, manifest), len(allowed(approvers, plan.people.approve))
    if given < needed:
        raise ReleaseError(
            f"{given} of {needed} approvals are given.",
            place=manifest.ref.name,
            remedy="Let another person run 'publisher approve'.",
        )


def needed_approvals(plan: Plan, manifest: Manifest) -> int:
    """The plan can be edited after the build: it may ask for more than the signed manifest, not for less."""
    return max(1, manifest.approvals_needed, plan.approvals)


def check_clock(log: Log, now: datetime) -> None:
    """Raises ReleaseError where the clock stands before what was logged already: it was set back, or was wrong then.

    Refusals count for nothing here, as anyone can bring them about; nor does what stands before the last line that
    says that the clock had been wrong.
    """
    times: list[datetime] = []
    for entry in log.entries:
        if entry.event == "clock_corrected":
            times.clear()
        if entry.event != "refused":
            times.append(datetime.fromisoformat(entry.time))
    if times and now.astimezone(UTC) < max(times) - CLOCK_TOLERANCE:
        raise ReleaseError(
            f"the clock stands before the last event in the log ({max(times).isoformat()}).",
            place="clock",
            remedy="Set the clock. If it was wrong when that event was logged, run 'publisher clock'.",
        )


def check_due(manifest: Manifest, now: datetime) -> None:
    """Raises ReleaseError before the time, and for a `now` without a time zone. Compared in UTC: two times of one
    zone would be compared by their wall clocks, which summer time repeats and skips."""
    if now.tzinfo is None:
        raise ReleaseError("the present time has no time zone.", place=manifest.ref.name, remedy="Name one.")
    if now.astimezone(UTC) < manifest.moment.instant:
        raise ReleaseError(
            f"it is due at {manifest.moment.text}, not before.",
            place=manifest.ref.name,
            remedy="Run the command again then.",
        )


def check_in_time(manifest: Manifest, planned: PlannedRelease | None, log: Log, approved: datetime | None) -> None:
    """An announced time that passed without an approved edition is lost; only a newly announced one brings it out.

    So nobody who watches the calendar misses a release. One that was `approved` (the time of the line that completed
    it) by its due time comes out late, at once, if the machine slept. What was never announced, and what was due
    before the log began, comes out as soon as it is approved and due.
    """
    due, first = manifest.moment.instant, log.entries[0].time if log.entries else None
    if planned is None or not planned.announced or (first and due < datetime.fromisoformat(first)):
        return
    if approved is None or approved > due or _delayed(log, planned.id):
        raise ReleaseError(
            f"it was announced for {manifest.moment.text} and was not approved by then.",
            place=manifest.ref.name,
            remedy="Announce a new time with a reason ('publisher announce'), then build and approve it for that.",
        )


def _delayed(log: Log, id: ReleaseId) -> bool:
    """Whether the public was told of a delay, and of no new time since."""
    facts = (leaf.fact for leaf in reversed(log.leaves))
    told = (fact for fact in facts if isinstance(fact, AnnouncedFact | DelayedFact) and fact.release.id == id)
    return isinstance(next(told, None), DelayedFact)
