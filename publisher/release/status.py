"""Where each edition stands and what it still needs."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.release import gate
from publisher.release.approvals import read_approvals
from publisher.release.edition import Edition, editions
from publisher.release.index import published
from publisher.release.manifest import EditionRef, Manifest
from publisher.settings import Workspace

State = Literal["built", "approved", "published", "superseded", "damaged"]


@dataclass(frozen=True)
class EditionStatus:
    """`due` is ISO 8601; `approvals` who signed; `missing` are sentences."""

    edition: str
    state: State
    due: str
    audit: str
    approvals: tuple[str, ...]
    approvals_needed: int
    missing: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def status(workspace: Workspace, plans: Iterable[Plan], now: datetime) -> tuple[EditionStatus, ...]:
    """One row a sealed edition, by series, period and version. A damaged edition is a row, not an error.

    Raises ReleaseError where the log or the site's index is damaged.
    """
    out = published(workspace)
    rows = ((plan, edition) for plan in plans for edition in editions(workspace, plan.id))
    return tuple(_row(plan, edition, out, now) for plan, edition in rows)


def _row(plan: Plan, edition: Edition, out: Collection[EditionRef], now: datetime) -> EditionStatus:
    needed, due = gate.needed_approvals(plan), plan.due(edition.period).isoformat()
    try:
        manifest, approvals = edition.manifest, read_approvals(edition)
    except ReleaseError as damage:
        return EditionStatus(edition.name, "damaged", due, "unknown", (), needed, (str(damage),))
    missing = (
        () if manifest.ref in out else tuple(_missing(plan, manifest, [a.signature.key for a in approvals], out, now))
    )
    return EditionStatus(
        edition=edition.name,
        state=_state(manifest.ref, out, len(approvals) >= needed),
        due=due,
        audit=manifest.audit.verdict,
        approvals=tuple(approval.statement.person for approval in approvals),
        approvals_needed=needed,
        missing=missing,
    )


def _state(ref: EditionRef, out: Collection[EditionRef], approved: bool) -> State:
    if ref in out:
        same_period = (known for known in out if (known.series, known.period) == (ref.series, ref.period))
        return "superseded" if any(known.version > ref.version for known in same_period) else "published"
    return "approved" if approved else "built"


def _missing(
    plan: Plan, manifest: Manifest, approvers: Collection[str], out: Collection[EditionRef], now: datetime
) -> Iterator[str]:
    """What the gate would refuse now, all of it."""
    checks: tuple[Callable[[], None], ...] = (
        lambda: gate.check_named_by_plan(plan, manifest),
        lambda: gate.check_newest(manifest, out),
        lambda: gate.check_verdict(manifest),
        lambda: gate.check_combination(manifest, out),
        lambda: gate.check_approvals(plan, manifest, approvers),
        lambda: gate.check_due(plan, manifest, now),
    )
    for check in checks:
        try:
            check()
        except ReleaseError as refusal:
            yield refusal.message
