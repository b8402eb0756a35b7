"""Where each edition stands and what it still needs."""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from typing import Any, Literal

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.release.approval import gate
from publisher.release.approval.approvals import approvals_in_force
from publisher.release.calendar.planned import next_release
from publisher.release.edition.edition import Edition, editions
from publisher.release.edition.manifest import EditionRef, Manifest
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace

State = Literal["built", "approved", "published", "superseded", "withdrawn", "damaged"]


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
    log = read_log(workspace)
    rows = ((plan, edition) for plan in plans for edition in editions(workspace, plan.id))
    return tuple(_row(plan, edition, log, now) for plan, edition in rows)


def _row(plan: Plan, edition: Edition, log: Log, now: datetime) -> EditionStatus:
    try:
        manifest = edition.manifest
        approvers = tuple(person.name for person, _ in approvals_in_force(log, edition, plan.people.approve))
    except ReleaseError as damage:
        return EditionStatus(edition.name, "damaged", "", "unknown", (), plan.approvals, (str(damage),))
    needed, is_out = gate.needed_approvals(plan, manifest), manifest.ref.name in log.published
    return EditionStatus(
        edition=edition.name,
        state=_state(manifest.ref, log, len(approvers) >= needed),
        due=manifest.due,
        audit=manifest.audit.verdict,
        approvals=approvers,
        approvals_needed=needed,
        missing=() if is_out else tuple(_missing(plan, manifest, approvers, log, now)),
    )


def _state(ref: EditionRef, log: Log, approved: bool) -> State:
    if ref.name in log.withdrawn:
        return "withdrawn"
    if ref.name in log.published:
        out = (fact.edition for fact in log.published.values())
        same_period = (known for known in out if (known.series, known.period) == (ref.series, ref.period))
        return "superseded" if any(known.version > ref.version for known in same_period) else "published"
    return "approved" if approved else "built"


def _missing(plan: Plan, manifest: Manifest, approvers: Collection[str], log: Log, now: datetime) -> Iterator[str]:
    """What the gate would refuse now, all of it."""
    out = [fact.edition for fact in log.published.values()]
    planned = next_release(log, plan, manifest.period)
    checks: tuple[Callable[[], None], ...] = (
        *gate.rules(plan, manifest, planned, out, approvers),
        partial(gate.check_due, manifest, now),
    )
    for check in checks:
        try:
            check()
        except ReleaseError as refusal:
            yield refusal.message
