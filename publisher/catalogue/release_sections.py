"""[approval], [people], [revision_policy], [arrival] and [[access]] of a plan: who releases, and what besides."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from publisher.catalogue.plan import Arrival, PlanPeople, Recipient, RevisionPolicy, Schedule
from publisher.catalogue.recipient_key import ALLOWED, recipient_key
from publisher.catalogue.section import Section

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}", re.ASCII)  # as release.people takes it
_NAMES = "a list of names as 'publisher person add' takes them: small letters, digits, '-', '_'"
MOST_SIGNERS, LONGEST_LEAD_HOURS, MOST_PERIODS = 9, 168, 120


@dataclass(frozen=True)
class Approval:
    """[approval]"""

    approvals: int
    withdrawals: int
    unattended_build: bool


def read_approval(section: Section) -> Approval:
    approval = Approval(
        section.whole("approvals", least=1, most=MOST_SIGNERS),
        section.whole("withdrawals", least=1, most=MOST_SIGNERS, default=1),
        section.flag("unattended_build", default=False),
    )
    if approval.unattended_build and approval.approvals < 2:
        section.fault(
            "approvals",
            "is 1, but with unattended_build no person prepares: one person alone would decide",
            "at least 2, or unattended_build = false",
        )
    section.close()
    return approval


def read_people(file: Section, approval: Approval) -> PlanPeople:
    """Empty where the plan names nobody."""
    if not file.has("people"):
        return PlanPeople()
    section = file.section("people")
    people = PlanPeople(*(_names(section, key) for key in ("prepare", "approve", "publish")))
    _check_enough(section, people, approval)
    section.close()
    return people


def _names(section: Section, key: str) -> tuple[str, ...]:
    names = section.texts(key) if section.has(key) else ()
    for name in names:
        if not _NAME.fullmatch(name):
            section.fault(key, f'cannot name "{name}"', _NAMES)
    return names


def _check_enough(section: Section, people: PlanPeople, approval: Approval) -> None:
    """Whoever prepared an edition cannot approve it, and each person signs once."""
    signers = max((_left(people.approve, by) for by in people.prepare or ("",)), default=0)
    signers = len(people.approve) if approval.unattended_build else signers
    if people.approve and signers < approval.approvals:
        section.fault(
            "approve",
            f"leaves {signers} who did not prepare the edition, but {approval.approvals} must approve",
            "more names, or fewer approvals",
        )
    if people.publish and len(people.publish) < approval.withdrawals:
        section.fault(
            "publish",
            f"names {len(people.publish)}, but {approval.withdrawals} must sign a withdrawal",
            "more names, or fewer withdrawals",
        )


def _left(approvers: Sequence[str], preparer: str) -> int:
    return sum(name != preparer for name in approvers)


def read_revision_policy(file: Section) -> RevisionPolicy:
    if not file.has("revision_policy"):
        return RevisionPolicy()
    section = file.section("revision_policy")
    with_each = section.whole("with_each", least=0, most=MOST_PERIODS, default=0)
    final = section.whole("final_after", least=0, most=MOST_PERIODS) if section.has("final_after") else None
    if final is not None and final < with_each:
        section.fault(
            "final_after",
            f"is {final}, but a period is still released again {with_each} periods later",
            f"at least {with_each}",
        )
    section.close()
    return RevisionPolicy(with_each, final)


def read_arrival(file: Section, schedule: Schedule) -> Arrival | None:
    if not file.has("arrival"):
        return None
    section = file.section("arrival")
    days = section.whole("days_before_due", least=0, most=3660)
    lag = schedule.lag_days if schedule.lag_days is not None else schedule.working_days or 0
    if days > lag:
        section.fault(
            "days_before_due", f"is {days}: the data would be due before their period ends", f"at most {lag}"
        )
    section.close()
    return Arrival(days)


def read_access(file: Section) -> tuple[Recipient, ...]:
    """[[access]], none where it is missing. No post and no key twice."""
    recipients: list[Recipient] = []
    for number, section in enumerate(file.sections("access") if file.has("access") else (), 1):
        recipient = _read_recipient(section)
        for known in recipients:
            if (known.organisation, known.post) == (recipient.organisation, recipient.post):
                file.fault(
                    f"access[{number}].post", f"{recipient.post} of {recipient.organisation} stands twice", "once"
                )
            if known.key and known.key == recipient.key:
                file.fault(f"access[{number}].key", "is also the key of an entry before", "a key of its own")
        recipients.append(recipient)
    return tuple(recipients)


def _read_recipient(section: Section) -> Recipient:
    written = section.text("key")
    key = recipient_key(written) if written else ""
    if key is None:
        section.fault("key", "is not a public key, or has a slip in it", ALLOWED)
    recipient = Recipient(
        organisation=section.text("organisation"),
        post=section.text("post"),
        key=key or "",
        lead_hours=section.whole("lead_hours", least=1, most=LONGEST_LEAD_HOURS),
    )
    section.close()
    return recipient
