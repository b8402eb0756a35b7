"""Whether the people of a register suffice for a plan: somebody prepares, and enough others approve."""

from collections.abc import Collection, Iterable

from publisher.catalogue.load import load_plans
from publisher.catalogue.plan import Plan
from publisher.errors import CatalogueError
from publisher.release.register import HUMAN_ROLES, Register
from publisher.settings import Workspace


def allowed(names: Iterable[str], by_plan: Collection[str]) -> frozenset[str]:
    """Those whom a plan allows; a plan that names nobody allows everyone who has the role."""
    return frozenset(name for name in names if not by_plan or name in by_plan)


def shortage(plan: Plan, register: Register) -> str:
    """What the plan lacks in people, as a sentence; or ''.

    One human never counts twice, and whoever prepares an edition does not approve it: it is enough if one of those
    who may prepare leaves enough others to approve.
    """
    prepare, approve = register.with_role("prepare"), register.with_role("approve")
    left = max((len(approve - {preparer}) for preparer in prepare), default=0)
    needed = max(1, plan.approvals)
    if not prepare:
        return f"Nobody is left who may prepare {plan.id}."
    return f"Of {needed} approvals that {plan.id} needs only {left} can be given." if left < needed else ""


def newly_short(workspace: Workspace, before: Register, after: Register) -> tuple[str, ...]:
    """A sentence for each series that had enough people and has them no longer, or one where a plan is broken."""
    if not any(before.with_role(role) - after.with_role(role) for role in HUMAN_ROLES):
        return ()
    try:
        plans = load_plans(workspace).values()
    except CatalogueError:
        return ("The plans cannot be read, so nobody knows whether each series keeps enough people.",)
    return tuple(sentence for plan in plans if not shortage(plan, before) and (sentence := shortage(plan, after)))
