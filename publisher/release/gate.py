"""The rules of publication, without I/O. publish() asks them in this order; each raises ReleaseError or says nothing.

    check_may_publish     who gives the command has the role (an unattended run names nobody)
    check_named_by_plan   a plan names the series, the period and exactly these tables
    check_newest          it is not older than what is already out for its period
    check_verdict         the audit passed
    check_combination     the audit combined it with everything published until now
    check_approvals       enough second persons signed for these bytes
    check_due             its time has come

That the signature holds and every byte is there is verify.verify's part, asked of the very files that go out.
"""

from collections.abc import Collection
from datetime import datetime

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.release.manifest import EditionRef, Manifest
from publisher.release.people import Register, person_of_key
from publisher.release.signing import Signer


def check_may_publish(register: Register, signer: Signer) -> None:
    person = person_of_key(register, signer.fingerprint)
    if person is None or "publish" not in person.roles:
        raise ReleaseError(
            "this person may not publish.", place=signer.person, remedy="Ask someone who has the role 'publish'."
        )


def check_named_by_plan(plan: Plan, manifest: Manifest) -> None:
    """Raises ReleaseError also where the due time was changed after the build: the approver saw another one."""
    place, tables = manifest.ref.name, {entry.id for entry in manifest.queries}
    if manifest.series != plan.id or manifest.period < plan.first_period:
        raise ReleaseError(f"the plan {plan.id} does not name it.", place=place, remedy="Publish it under its plan.")
    if tables != set(plan.queries):
        differing = ", ".join(sorted(tables ^ set(plan.queries)))
        raise ReleaseError(
            f"the plan names other tables than the build made ({differing}).", place=place, remedy="Build it again."
        )
    if manifest.due != plan.due(manifest.period).isoformat():
        raise ReleaseError(
            "the plan's due time was changed after the build.", place=place, remedy="Build and approve it again."
        )


def check_newest(manifest: Manifest, published: Collection[EditionRef]) -> None:
    newer = [ref.version for ref in published if (ref.series, ref.period) == (manifest.series, manifest.period)]
    if newer and max(newer) > manifest.version:
        raise ReleaseError(
            f"version {max(newer)} of this period is already published.",
            place=manifest.ref.name,
            remedy="Build it again: it gets a newer version.",
        )


def check_unpublished(edition: EditionRef, published: Collection[EditionRef]) -> None:
    if edition in published:
        raise ReleaseError("is published already.", place=edition.name, remedy="Nothing is left to approve.")


def check_verdict(manifest: Manifest) -> None:
    if manifest.audit.verdict != "passed" or manifest.audit.findings:
        raise ReleaseError(
            "the audit did not pass.",
            place=manifest.ref.name,
            remedy="Read private/audit.json beside the edition, mend what it names, and build again.",
        )


def check_combination(manifest: Manifest, published: Collection[EditionRef]) -> None:
    """Protection is judged over everything ever published: an edition the audit did not know voids its verdict."""
    unknown = sorted(ref.name for ref in set(published) - set(manifest.earlier))
    if unknown:
        raise ReleaseError(
            f"since its audit other editions came out ({', '.join(unknown)}); nobody attacked them together.",
            place=manifest.ref.name,
            remedy="Build and approve it again.",
        )


def check_second_person(edition: str, *, approver: str, preparer: str) -> None:
    """Both are fingerprints of keys."""
    if approver == preparer:
        raise ReleaseError(
            "who prepared an edition cannot approve it.", place=edition, remedy="Ask a second person to approve."
        )


def check_approvals(plan: Plan, manifest: Manifest, approvers: Collection[str]) -> None:
    """`approvers` are fingerprints of those whose approval holds. At least one is needed, whatever the plan says."""
    needed, given = needed_approvals(plan), len(set(approvers))
    if given < needed:
        raise ReleaseError(
            f"{given} of {needed} approvals are given.",
            place=manifest.ref.name,
            remedy="Let another person run 'publisher approve'.",
        )


def needed_approvals(plan: Plan) -> int:
    return max(1, plan.approvals)


def check_due(plan: Plan, manifest: Manifest, now: datetime) -> None:
    """Raises ReleaseError before the time, and for a `now` without a time zone."""
    due = plan.due(manifest.period)
    if now.tzinfo is None:
        raise ReleaseError("the present time has no time zone.", place=manifest.ref.name, remedy="Name one.")
    if now < due:
        raise ReleaseError(
            f"it is due at {due.isoformat()}, not before.",
            place=manifest.ref.name,
            remedy="Run the command again then.",
        )
