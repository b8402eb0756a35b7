"""The releases that are to come, and what still stands before each. Pure: from log, plans and what lies sealed."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import DelayReason, Moment, PlannedRelease, ReleaseId
from publisher.release.approval import gate
from publisher.release.calendar.planned import next_release
from publisher.release.edition.manifest import EditionRef
from publisher.release.schedule.candidates import Candidate
from publisher.release.schedule.data_in import data_arrivals
from publisher.release.transparency.facts import AnnouncedFact, CancelledFact, DelayedFact, due_of
from publisher.release.transparency.log import Log

BlockWord = Literal["plan", "date", "data", "build", "audit", "before", "approvals", "late", "clock", "due"]


@dataclass(frozen=True)
class Block:
    """One thing that stands before a release: a word that does not change, and a sentence without figures."""

    word: BlockWord
    sentence: str


@dataclass(frozen=True)
class Coming:
    """`delayed` is the word that readers got since the last announcement, `data_in` the number
    of the log's line that said so, 0 where none did. `candidate` is the edition that would go
    out: the newest that is approved in time, else the newest. `blocks` leaves out that its time has not come."""

    planned: PlannedRelease
    plan: Plan | None
    delayed: DelayReason | None
    data_in: int
    candidate: Candidate | None
    blocks: tuple[Block, ...]

    @property
    def due(self) -> Moment:
        return self.planned.due

    @property
    def id(self) -> ReleaseId:
        return self.planned.id

    def blocked_by(self, *words: BlockWord) -> bool:
        return any(block.word in words for block in self.blocks)


def to_come(
    log: Log, plans: Mapping[str, Plan], candidates: Sequence[Candidate], now: datetime
) -> tuple[Coming, ...]:
    """What was announced, asked for or built and is not out, by due moment and name: the order of publication.

    A release that is complete counts as out for those after it, as it will be when their turn comes.
    """
    arrivals, delays = data_arrivals(log), delays_of(log)
    out = [fact.edition for fact in log.published.values()]
    found: list[Coming] = []
    waiting: list[Coming] = []
    for planned in sorted(_planned(log, plans, candidates), key=lambda one: (one.due, one.id)):
        id, plan = planned.id, plans.get(planned.id.series)
        candidate = _candidate(log, planned, plan, candidates) if plan else None
        arrived = arrivals.get(id, 0)
        blocks = [
            *_no_plan(plan),
            *_no_date(delays.get(id)),
            *_not_built(planned, plan, candidate, candidates, bool(arrived)),
        ]
        if plan and candidate:
            blocks += _refused(log, planned, plan, candidate, out, waiting, now)
        coming = Coming(planned, plan, delays.get(id), arrived, candidate, tuple(blocks))
        if candidate and blocks:
            waiting.append(coming)
        elif candidate:
            out.append(candidate.ref)
        found.append(coming)
    return tuple(found)


def delays_of(log: Log) -> dict[ReleaseId, DelayReason]:
    """Releases that were told to be late and have no new date since."""
    found: dict[ReleaseId, DelayReason] = {}
    for leaf in log.leaves:
        if isinstance(leaf.fact, DelayedFact):
            found[leaf.fact.release.id] = leaf.fact.reason
        elif isinstance(leaf.fact, AnnouncedFact | CancelledFact):
            found.pop(leaf.fact.release.id, None)
    return found


def approved_in_time(log: Log, planned: PlannedRelease, plan: Plan, candidate: Candidate) -> bool:
    """Enough approvals by its time. A back edition's time was over before anybody could announce it: at any."""
    at = candidate.approved_at(gate.needed_approvals(plan, candidate.manifest))
    return at is not None and (not keeps_time(log, planned) or at <= planned.due.instant)


def keeps_time(log: Log, planned: PlannedRelease) -> bool:
    """Whether readers wait for it at its time: it was announced, and is not older than the log. Else it comes out as
    soon as it is due and approved."""
    return planned.announced and planned.due.instant >= datetime.fromisoformat(log.entries[0].time)


def _too_late(log: Log, planned: PlannedRelease, plan: Plan, candidate: Candidate) -> bool:
    complete = len(candidate.approvals) >= gate.needed_approvals(plan, candidate.manifest)
    return complete and not approved_in_time(log, planned, plan, candidate)


def _planned(log: Log, plans: Mapping[str, Plan], candidates: Sequence[Candidate]) -> Iterator[PlannedRelease]:
    """Announced ones; and those that are next for their period without that: back editions, corrections."""
    out = {fact.release.id for fact in log.published.values()}
    for id, fact in log.announced.items():
        if id not in out:
            yield PlannedRelease(id, fact.kind, due_of(fact), fact.reason, announced=True)
    built = {candidate.manifest.release_id for candidate in candidates}
    for id in sorted((built | log.opened.keys()) - out - log.announced.keys() - _cancelled(log)):
        opened = log.opened.get(id)
        if opened is not None:
            due = Moment(datetime.fromisoformat(opened.due), opened.zone)
            yield PlannedRelease(id, opened.release_kind, due, opened.reason, announced=False)
        elif id.series in plans and (planned := next_release(log, plans[id.series], id.period)) and planned.id == id:
            yield planned


def _cancelled(log: Log) -> set[ReleaseId]:
    facts = (leaf.fact for leaf in log.leaves)
    return {fact.release.id for fact in facts if isinstance(fact, CancelledFact)} - log.announced.keys()


def _candidate(log: Log, planned: PlannedRelease, plan: Plan, candidates: Sequence[Candidate]) -> Candidate | None:
    fitting = [one for one in candidates if _fits(planned, one)]
    approved = [one for one in fitting if approved_in_time(log, planned, plan, one)]
    return max(approved or fitting, key=lambda one: one.ref.version, default=None)


def _fits(planned: PlannedRelease, candidate: Candidate) -> bool:
    manifest = candidate.manifest
    return (manifest.release_id, manifest.kind, manifest.moment) == (planned.id, planned.kind, planned.due)


def _no_plan(plan: Plan | None) -> Iterator[Block]:
    if plan is None:
        yield Block("plan", "its plan.toml is missing or has a fault")


def _no_date(delayed: DelayReason | None) -> Iterator[Block]:
    if delayed:
        yield Block("date", f"late ({delayed}): announce a new time")


def _not_built(
    planned: PlannedRelease,
    plan: Plan | None,
    candidate: Candidate | None,
    candidates: Sequence[Candidate],
    data_in: bool,
) -> Iterator[Block]:
    if candidate is not None:
        return
    if plan and plan.arrival and not data_in:
        yield Block("data", "data not in")
    other = any(one.manifest.release_id == planned.id for one in candidates)
    yield Block("build", "built for another time; build again" if other else "not built")


def _refused(
    log: Log,
    planned: PlannedRelease,
    plan: Plan,
    candidate: Candidate,
    out: Collection[EditionRef],
    waiting: Collection[Coming],
    now: datetime,
) -> Iterator[Block]:
    """What the gate would refuse, were its time here. `waiting` come before it and are not complete."""
    manifest = candidate.manifest
    before = {one.candidate.ref for one in waiting if one.candidate and (not one.delayed or one.due == planned.due)}
    awaited = before & set(manifest.earlier)
    checks: tuple[tuple[BlockWord, Callable[[], None]], ...] = (
        ("build", lambda: gate.check_named_by_plan(plan, manifest)),
        ("build", lambda: gate.check_newest(manifest, out)),
        ("audit", lambda: gate.check_verdict(manifest)),
        ("approvals", lambda: gate.check_approvals(plan, manifest, candidate.approvers)),
        ("clock", lambda: gate.check_clock(log, now)),
    )
    if planned.id.number > 1 and not any((ref.series, ref.period) == (plan.id, planned.id.period) for ref in out):
        yield Block("build", "the first release of its period is not out")
    if awaited:
        yield Block("before", f"waits for {', '.join(sorted(ref.name for ref in awaited))}")
    if set(manifest.earlier) != {*out, *awaited}:
        yield Block("build", "others came out, or were delayed, since its audit: build again")
    for word, check in checks:
        try:
            check()
        except ReleaseError as refusal:
            yield Block(word, refusal.message.rstrip("."))
    if candidate.damage:
        yield Block("approvals", candidate.damage.rstrip("."))
    elif _too_late(log, planned, plan, candidate):
        yield Block("late", "approved after its time: announce a new one")
