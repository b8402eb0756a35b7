"""What is to be done now. A pure function of the log, the plans, what lies sealed, and the clock.

    publish    announced or back editions that enough people approved in time, all of one due moment in one step
    delay      announced, due, and not ready: readers are told so, once
    pack       an approved edition, encrypted for one recipient, from `lead_hours` before its time
    remind     somebody, once in 24 hours, of what stands before a release of the last days
    build      where the plan lets the service build and the data are in
    announce   what the plans propose for the next twelve months

in this order, so that nothing slow comes before a publication.

*At most once.* Each action ends in one line of the log, and agenda() does not ask for what the log has. Whoever
carries an action out takes the release lock, reads the log again and asks agenda() again: of two schedulers the second
does not find the action any more. The line is the commit, so a run that was killed before it did nothing, and after
it everything (what is shown is made from the log by converge()).

*Never early.* `publish` needs due <= now here, and gate.check_due asks again, inside the lock, with the clock read
after everything slow. Both compare instants in UTC; no wall clock, zone or sleep is trusted. A clock that stands before
the latest line of the log by more than two seconds gets an empty agenda: set back after a publication it cannot make
anything happen out of order; set back before, it makes things late.

*Not at all rather than wrong.* What was not approved by its due moment (by the time of the approval's line) is
delayed, and from then on no approval brings it out: only a date that a person announces anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from publisher.catalogue.plan import Plan, Recipient
from publisher.model.release_event import DelayReason, Moment, ReleaseId
from publisher.release import calendar
from publisher.release.access import access_confirmed, pack_from, pack_keys
from publisher.release.candidates import Candidate
from publisher.release.clock_reference import clock_agrees
from publisher.release.coming import Coming, to_come
from publisher.release.manifest import EditionRef
from publisher.release.transparency.facts import AnnouncedFact
from publisher.release.transparency.log import Log

DAY = timedelta(days=1)
QUIET_BEFORE_DUE = timedelta(minutes=15)  # no build begins that might be running then
BUILD_AGAIN_AFTER = timedelta(hours=6)
TRY_AGAIN_AFTER = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(minutes=10)  # then an approved edition that cannot be published is delayed: technical
MONTHS_AHEAD = 12

REMINDED, PUBLISH_FAILED, BUILD_FAILED = "reminder", "publication failed", "build failed"
"""How the detail of a 'reminded' line begins."""


@dataclass(frozen=True)
class Publish:
    """Editions of one due moment, in the order in which they were audited."""

    editions: tuple[EditionRef, ...]
    due: Moment


@dataclass(frozen=True)
class Delay:
    release: ReleaseId
    reason: DelayReason


@dataclass(frozen=True)
class Pack:
    edition: EditionRef
    release: ReleaseId
    recipient: Recipient


@dataclass(frozen=True)
class Remind:
    """`text` names what is missing and no figure."""

    release: ReleaseId
    text: str


@dataclass(frozen=True)
class Build:
    release: ReleaseId


@dataclass(frozen=True)
class Announce:
    facts: tuple[AnnouncedFact, ...]


Action = Publish | Delay | Pack | Remind | Build | Announce


def agenda(
    log: Log, plans: Mapping[str, Plan], candidates: Sequence[Candidate], now: datetime, *, remind_days: int = 3
) -> tuple[Action, ...]:
    """Empty where the log has no register yet, and where the clock is behind the log."""
    if not log.register.version or not clock_agrees(log, now):
        return ()
    coming = to_come(log, plans, candidates, now)
    return (
        *_publications(log, coming, now),
        *_delays(log, coming, now),
        *_packs(log, coming, now),
        *_reminders(log, coming, now, remind_days),
        *_builds(log, coming, now),
        *_announcements(log, plans, now),
    )


def next_moment(
    log: Log, plans: Mapping[str, Plan], candidates: Sequence[Candidate], now: datetime
) -> datetime | None:
    """The first due moment that still lies ahead."""
    ahead = (one.due.instant for one in to_come(log, plans, candidates, now) if one.due.instant > now)
    return min(ahead, default=None)


def _is_due(one: Coming, now: datetime) -> bool:
    return one.due.instant <= now


def _publications(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Publish]:
    ready = [one for one in coming if one.candidate and not one.blocks and _is_due(one, now)]
    for due, together in groupby(ready, key=lambda one: one.due):
        group = tuple(together)
        refs = tuple(one.candidate.ref for one in group if one.candidate)
        pause = TRY_AGAIN_AFTER if group[0].planned.announced else BUILD_AGAIN_AFTER
        if not _given_up(log, group, now) and not _said(log, PUBLISH_FAILED, now - pause, edition=refs[0]):
            yield Publish(refs, due)


def _given_up(log: Log, group: Sequence[Coming], now: datetime) -> bool:
    """Whether the first try failed so long ago that readers are to be told."""
    first, ref = group[0], group[0].candidate.ref if group[0].candidate else None
    return first.planned.announced and _said(log, PUBLISH_FAILED, first.due.instant, now - GIVE_UP_AFTER, edition=ref)


def _delays(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Delay]:
    for one in coming:
        if not one.planned.announced or one.delayed or not _is_due(one, now):
            continue
        if one.blocks:
            yield Delay(one.id, reason_of(one))
        elif _given_up(log, [one], now):
            yield Delay(one.id, "technical")


def reason_of(one: Coming) -> DelayReason:
    """Which of the words readers get for what is not ready."""
    if one.blocked_by("data"):
        return "data late"
    if one.blocked_by("approvals", "late") and not one.blocked_by("build", "audit", "plan"):
        return "not approved"
    return "not ready"


def _packs(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Pack]:
    for one in coming:
        if one.plan and one.candidate and not one.blocks and access_confirmed(log, one.plan):
            given = pack_keys(log, one.candidate.ref)
            for recipient in one.plan.access:
                if pack_from(one.due, recipient) <= now < one.due.instant and recipient.key not in given:
                    yield Pack(one.candidate.ref, one.id, recipient)


def _reminders(log: Log, coming: Sequence[Coming], now: datetime, days: int) -> Iterator[Remind]:
    """Once in each of the 24 hours that end at the due moment, the day before it, and so on."""
    for one in coming:
        left = one.due.instant - now
        missing = [block.sentence for block in one.blocks]
        if one.plan and not access_confirmed(log, one.plan):
            missing.append(f"the access list is not confirmed ('publisher access confirm {one.plan.id}')")
        began = one.due.instant - (left // DAY + 1) * DAY
        if (
            timedelta() < left <= _days(one, days) * DAY
            and missing
            and not _said(log, REMINDED, began, release=one.id)
        ):
            yield Remind(one.id, f"{one.id.series} {one.id.period} is due {one.due.text}: {'; '.join(missing)}")


def _days(one: Coming, days: int) -> int:
    """Reminders begin when the data must be in, if that is earlier."""
    arrival = one.plan.arrival if one.plan else None
    return max(days, arrival.days_before_due if arrival else 0)


def _builds(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Build]:
    if any(timedelta() <= one.due.instant - now <= QUIET_BEFORE_DUE for one in coming):
        return
    for one in coming:
        lets = one.plan is not None and one.plan.unattended_build and one.planned.announced and not one.delayed
        if lets and one.data_in and now < one.due.instant and _wants_build(one):
            if not _said(log, BUILD_FAILED, now - BUILD_AGAIN_AFTER, release=one.id, after=one.data_in):
                yield Build(one.id)


def _wants_build(one: Coming) -> bool:
    """Nothing fits, or what was built is older than the data and nobody signed for it."""
    candidate = one.candidate
    return candidate is None or one.blocked_by("build") or (candidate.built < one.data_in and not candidate.approvals)


def _announcements(log: Log, plans: Mapping[str, Plan], now: datetime) -> Iterator[Announce]:
    for series in sorted(plans):
        facts = calendar.wanted(plans[series], log.leaves, now, MONTHS_AHEAD)
        if facts:
            yield Announce(facts)


def _said(
    log: Log,
    word: str,
    since: datetime,
    until: datetime = datetime.max.replace(tzinfo=UTC),
    *,
    edition: EditionRef | None = None,
    release: ReleaseId | None = None,
    after: int = 0,
) -> bool:
    """Whether the service noted this of the edition or release, at a time after `since` and not after `until`."""
    for entry in log.of("reminded"):
        about = entry.edition == edition if edition else bool(entry.release) and entry.release.id == release
        if about and entry.number > after and entry.detail.startswith(word):
            if since < datetime.fromisoformat(entry.time) <= until:
                return True
    return False
