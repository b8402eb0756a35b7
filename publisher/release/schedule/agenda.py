"""What is to be done now. A pure function of the log, the plans, what lies sealed, and the clock.

    publish    announced or back editions that enough people approved in time, all of one due moment in one step
    delay      announced, due, and not ready: readers are told so, once
    prepare    the site that will be shown, two minutes ahead, in a folder that nobody else can enter
    pack       an approved edition, encrypted for one recipient, from `lead_hours` before its time
    remind     somebody, once in 24 hours, of what stands before a release of the last days
    build      where the plan lets the service build and the data are in
    announce   what the plans propose for the next twelve months

in this order, so that nothing slow comes before a publication; what can wait does not begin in the last two minutes
before one.

*At most once.* Each action ends in one line of the log, and agenda() does not ask for what the log has. Whoever
carries an action out takes the release lock, reads the log again and asks agenda() again: of two schedulers the
second does not find the action any more. The line is the commit, so a run that was killed before it did nothing, and
after it everything (what is shown is made from the log by converge()).

*Never early.* `publish` needs due <= now here, and gate.check_due asks again, inside the lock, with the clock read
after everything slow. Both compare instants in UTC; no wall clock, zone or sleep is trusted. A clock that stands
before the latest line of the log by more than two seconds gets an empty agenda: set back after a publication it
cannot make anything happen out of order; set back before, it makes things late. One that stands 400 days after the
last line, when readers wait for something, gets an empty agenda too. In both cases a person looks, and says
'publisher clock' where the log was wrong.

*Not at all rather than wrong.* What was not approved by its due moment (by the time of the approval's line) is
delayed, and from then on no approval brings it out: only a date that a person announces anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.release_event import DelayReason
from publisher.release.approval import gate
from publisher.release.schedule.actions import Action, Delay, Prepare, Publish
from publisher.release.schedule.ahead import announcements, builds, packs, reminders
from publisher.release.schedule.candidates import Candidate
from publisher.release.schedule.coming import Coming, keeps_time, to_come
from publisher.release.schedule.notes import noted
from publisher.release.transparency.log import Log

PREPARE_BEFORE = timedelta(minutes=2)
TRY_AGAIN_AFTER = timedelta(minutes=1)
GIVE_UP_AFTER = timedelta(minutes=10)  # then an approved edition that cannot be published is delayed: technical
BACK_EDITION_AGAIN_AFTER = timedelta(hours=6)
LONGEST_SILENCE = timedelta(days=400)


def agenda(
    log: Log, plans: Mapping[str, Plan], candidates: Sequence[Candidate], now: datetime, *, remind_days: int = 3
) -> tuple[Action, ...]:
    """Empty where the log has no register yet, and where the clock is in doubt."""
    if not log.register.version or clock_doubt(log, now):
        return ()
    coming = to_come(log, plans, candidates, now)
    soon = any(_is_soon(one, now) for one in coming)
    return (
        *_publications(log, coming, now),
        *_delays(log, coming, now),
        *_preparations(coming, now),
        *packs(log, coming, now),
        *(reminders(log, coming, now, remind_days) if not soon else ()),
        *builds(log, coming, now),
        *(announcements(log, plans, now) if not soon else ()),
    )


def next_moment(
    log: Log, plans: Mapping[str, Plan], candidates: Sequence[Candidate], now: datetime
) -> datetime | None:
    """The first due moment that still lies ahead."""
    ahead = (one.due.instant for one in to_come(log, plans, candidates, now) if one.due.instant > now)
    return min(ahead, default=None)


def clock_doubt(log: Log, now: datetime) -> str:
    """Why nothing is done by this clock, or ''. Readers would be told of ten years of delays by a clock in 2036."""
    try:
        gate.check_clock(log, now)
    except ReleaseError as behind:
        return behind.message
    if log.announced and log.last_time is not None and now - log.last_time > LONGEST_SILENCE:
        return f"the clock stands more than {LONGEST_SILENCE.days} days after the last event in the log."
    return ""


def _is_due(one: Coming, now: datetime) -> bool:
    return one.due.instant <= now


def _is_soon(one: Coming, now: datetime) -> bool:
    return timedelta() < one.due.instant - now <= PREPARE_BEFORE


def _publications(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Publish]:
    ready = [one for one in coming if one.candidate and not one.blocks and _is_due(one, now)]
    for due, together in groupby(ready, key=lambda one: one.due):
        group = tuple(together)
        refs = tuple(one.candidate.ref for one in group if one.candidate)
        pause = TRY_AGAIN_AFTER if keeps_time(log, group[0].planned) else BACK_EDITION_AGAIN_AFTER
        if not _given_up(log, group, now) and not noted(log, "publication failed", refs[0], since=now - pause):
            yield Publish(refs, due)


def _preparations(coming: Sequence[Coming], now: datetime) -> Iterator[Prepare]:
    soon = [one for one in coming if not one.blocks and _is_soon(one, now)]
    for due, together in groupby(soon, key=lambda one: one.due):
        yield Prepare(tuple(one.candidate.ref for one in together if one.candidate), due)


def _given_up(log: Log, group: Sequence[Coming], now: datetime) -> bool:
    """Whether a try failed so long ago that readers are to be told."""
    first, until = group[0], now - GIVE_UP_AFTER
    if not keeps_time(log, first.planned) or first.candidate is None:
        return False
    before = first.due.instant - timedelta(microseconds=1)
    return noted(log, "publication failed", first.candidate.ref, since=before, until=until)


def _delays(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Delay]:
    for one in coming:
        if not keeps_time(log, one.planned) or one.delayed or not _is_due(one, now):
            continue
        if one.plan is None:  # a file that somebody is just editing, perhaps
            if now >= one.due.instant + GIVE_UP_AFTER:
                yield Delay(one.id, "technical")
        elif one.blocks:
            yield Delay(one.id, reason_of(one))
        elif _given_up(log, [one], now):
            yield Delay(one.id, "technical")


def reason_of(one: Coming) -> DelayReason:
    """Which of the words readers get for what is not ready."""
    if one.blocked_by("data"):
        return "data late"
    if one.blocked_by("approvals", "late", "before") and not one.blocked_by("build", "audit"):
        return "not approved"
    return "not ready"
