"""Whether the people of a register suffice for a plan, and whom a plan lets do what.

A plan lies in a file that nobody signs. It can only narrow what the register gives: a name in a plan is no role.
"""

from collections.abc import Collection, Iterable

from publisher.catalogue.load import load_plans
from publisher.catalogue.plan import Plan
from publisher.errors import CatalogueError, ReleaseError
from publisher.release.people.register import HUMAN_ROLES, SERVICE, Register
from publisher.settings import Workspace


def allowed(names: Iterable[str], by_plan: Collection[str]) -> frozenset[str]:
    """Those whom a plan allows; a plan that names nobody allows everyone who has the role."""
    return frozenset(name for name in names if not by_plan or name in by_plan)


def check_lets_prepare(plan: Plan, name: str) -> None:
    """Raises ReleaseError where the plan names others, or the service would build what a person must."""
    if name == SERVICE and not plan.unattended_build:
        raise ReleaseError(
            f"the plan {plan.id} lets no unattended run prepare it.",
            place=name,
            remedy="Set unattended_build = true.",
        )
    _check_named(plan, name, "prepare", plan.people.prepare if name != SERVICE else ())


def check_lets_publish(plan: Plan, name: str) -> None:
    """Raises ReleaseError where the plan names others. An unattended run publishes what people approved."""
    _check_named(plan, name, "publish", plan.people.publish if name != SERVICE else ())


def _check_named(plan: Plan, name: str, role: str, by_plan: Collection[str]) -> None:
    if not allowed([name], by_plan):
        raise ReleaseError(
            f"the plan {plan.id} does not let this person {role}.",
            place=name,
            remedy=f"Ask one of {', '.join(by_plan)}.",
        )


def shortage(plan: Plan, register: Register) -> str:
    """What the plan lacks in people, as a sentence; or ''.

    One human never counts twice, and whoever prepares an edition does not approve it: it is enough if one of those
    who may prepare leaves enough others to approve.
    """
    prepare = allowed(register.with_role("prepare"), plan.people.prepare)
    approve = allowed(register.with_role("approve"), plan.people.approve)
    preparers = prepare | ({SERVICE} if plan.unattended_build else set())
    left, needed = max((len(approve - {one}) for one in preparers), default=0), max(1, plan.approvals)
    withdraw = len(allowed(register.with_role("publish"), plan.people.publish))
    if not preparers:
        return f"Nobody is left who may prepare {plan.id}."
    if left < needed:
        return f"Of {needed} approvals that {plan.id} needs only {left} can be given."
    if withdraw < plan.withdrawals:
        return f"Of {plan.withdrawals} signatures that a withdrawal of {plan.id} needs only {withdraw} can be given."
    return ""


def newly_short(workspace: Workspace, before: Register, after: Register) -> tuple[str, ...]:
    """A sentence for each series that had enough people and has them no longer, or one where a plan is broken."""
    if not any(before.with_role(role) - after.with_role(role) for role in HUMAN_ROLES):
        return ()
    try:
        plans = load_plans(workspace).values()
    except CatalogueError:
        return ("The plans cannot be read, so nobody knows whether each series keeps enough people.",)
    return tuple(sentence for plan in plans if not shortage(plan, before) and (sentence := shortage(plan, after)))
