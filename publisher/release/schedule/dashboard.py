"""What is to come, what stands before each, and what to keep elsewhere: the dashboard, without figures."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from publisher.catalogue.plan import Plan
from publisher.release.access import access_confirmed, pack_keys
from publisher.release.approval import gate
from publisher.release.edition.records import sha256
from publisher.release.schedule.agenda import clock_doubt
from publisher.release.schedule.candidates import Candidate
from publisher.release.schedule.coming import Coming, to_come
from publisher.release.status import EditionStatus
from publisher.release.transparency.log import Log, checkpoint_path
from publisher.settings import Workspace

Stage = Literal["planned", "built", "approved", "embargoed", "delayed"]


@dataclass(frozen=True)
class NextRelease:
    """One release to come. Times are ISO 8601; `due` and `data_by` in the zone of the plan.

    `blocked_by` are words that do not change (release.coming.BlockWord, and 'due' where only its time is awaited),
    `missing` the same in sentences. `data_in` is when somebody said so, None where nobody did.
    """

    release: str
    series: str
    period: str
    kind: str
    due: str
    zone: str
    announced: bool
    stage: Stage
    delayed: str | None
    edition: str | None
    approvals: tuple[str, ...]
    approvals_needed: int
    data_in: str | None
    data_by: str | None
    packs: int
    recipients: int
    access_confirmed: bool
    blocked_by: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True)
class LastAudit:
    """Of one edition that lies here: what the log has of it."""

    edition: str
    verdict: str
    time: str


@dataclass(frozen=True)
class LogHead:
    """`checkpoint_sha256` is that of .publisher/log/checkpoint: whoever keeps a copy finds a log that was cut."""

    lines: int
    public_lines: int
    last: str | None
    checkpoint: str
    checkpoint_sha256: str


@dataclass(frozen=True)
class Dashboard:
    now: str
    clock_doubt: str
    releases: tuple[NextRelease, ...]
    editions: tuple[EditionStatus, ...]
    audits: tuple[LastAudit, ...]
    log: LogHead

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def dashboard(
    workspace: Workspace,
    log: Log,
    plans: Mapping[str, Plan],
    candidates: Sequence[Candidate],
    editions: Sequence[EditionStatus],
    now: datetime,
) -> Dashboard:
    coming = to_come(log, plans, candidates, now)
    return Dashboard(
        now=now.isoformat(timespec="seconds"),
        clock_doubt=clock_doubt(log, now),
        releases=tuple(_release(log, one, now) for one in coming),
        editions=tuple(editions),
        audits=tuple(_audits(log, editions)),
        log=_head(workspace, log),
    )


def _release(log: Log, one: Coming, now: datetime) -> NextRelease:
    plan, candidate = one.plan, one.candidate
    waits = one.due.instant > now
    data_by = plan.arrived_by(one.due) if plan and one.planned.kind == "first" else None
    return NextRelease(
        release=one.id.name,
        series=one.id.series,
        period=one.id.period,
        kind=one.planned.kind,
        due=one.due.text,
        zone=one.due.zone,
        announced=one.planned.announced,
        stage=_stage(one),
        delayed=one.delayed,
        edition=candidate.ref.name if candidate else None,
        approvals=candidate.approvers if candidate else (),
        approvals_needed=gate.needed_approvals(plan, candidate.manifest) if plan and candidate else _needed(plan),
        data_in=log.entries[one.data_in - 1].time if one.data_in else None,
        data_by=data_by.text if data_by else None,
        packs=len(pack_keys(log, candidate.ref)) if candidate else 0,
        recipients=len(plan.access) if plan else 0,
        access_confirmed=plan is None or access_confirmed(log, plan),
        blocked_by=(*dict.fromkeys(block.word for block in one.blocks), *(["due"] if waits else [])),
        missing=tuple(block.sentence for block in one.blocks),
    )


def _needed(plan: Plan | None) -> int:
    return max(1, plan.approvals) if plan else 1


def _stage(one: Coming) -> Stage:
    if one.delayed:
        return "delayed"
    if one.candidate is None:
        return "planned"
    if one.blocked_by("approvals"):
        return "built"
    return "approved" if one.blocks or not one.planned.announced else "embargoed"


def _audits(log: Log, editions: Iterable[EditionStatus]) -> Iterable[LastAudit]:
    last = {entry.edition.name: entry for entry in log.of("audited") if entry.edition}
    for row in editions:
        if row.edition in last:
            yield LastAudit(row.edition, last[row.edition].detail, last[row.edition].time)


def _head(workspace: Workspace, log: Log) -> LogHead:
    path = checkpoint_path(workspace)
    note = path.read_bytes() if path.is_file() else b""
    return LogHead(
        lines=len(log.lines),
        public_lines=len(log.leaves),
        last=log.entries[-1].time if log.entries else None,
        checkpoint=str(path),
        checkpoint_sha256=sha256(note) if note else "",
    )
