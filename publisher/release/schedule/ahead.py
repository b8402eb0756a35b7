"""The part of the agenda that comes before a release's time: packs, reminders, builds, announcements."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from publisher.catalogue.plan import Plan
from publisher.release.access import access_confirmed, pack_from, pack_keys
from publisher.release.calendar import calendar
from publisher.release.schedule.actions import Announce, Build, Pack, Remind
from publisher.release.schedule.coming import Coming
from publisher.release.schedule.notes import noted
from publisher.release.transparency.log import Log

DAY = timedelta(days=1)
QUIET_BEFORE_DUE = timedelta(minutes=15)  # no build begins that might be running then
BUILD_AGAIN_AFTER = timedelta(hours=6)
MONTHS_AHEAD = 12
EVER = datetime.min.replace(tzinfo=UTC)


def packs(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Pack]:
    for one in coming:
        if one.plan and one.candidate and not one.blocks and access_confirmed(log, one.plan):
            given = pack_keys(log, one.candidate.ref)
            for recipient in one.plan.access:
                if pack_from(one.due, recipient) <= now < one.due.instant and recipient.key not in given:
                    yield Pack(one.candidate.ref, recipient)


def reminders(log: Log, coming: Sequence[Coming], now: datetime, days: int) -> Iterator[Remind]:
    """Once in each of the days of 24 hours that end at the due moment, a day before it, and so on."""
    for one in coming:
        left = one.due.instant - now
        missing = [block.sentence for block in one.blocks]
        if one.plan and not access_confirmed(log, one.plan):
            missing.append(f"the access list is not confirmed ('publisher access confirm {one.plan.id}')")
        began = one.due.instant + (-left // DAY) * DAY - timedelta(microseconds=1)
        soon = timedelta() < left <= _days(one, days) * DAY
        if soon and missing and not noted(log, "reminder", one.id, since=began):
            yield Remind(one.id, f"{one.id.series} {one.id.period} is due {one.due.text}: {'; '.join(missing)}")


def _days(one: Coming, days: int) -> int:
    """Reminders begin when the data must be in, if that is earlier."""
    arrival = one.plan.arrival if one.plan else None
    return max(days, arrival.days_before_due if arrival else 0)


def builds(log: Log, coming: Sequence[Coming], now: datetime) -> Iterator[Build]:
    if any(timedelta() <= one.due.instant - now <= QUIET_BEFORE_DUE for one in coming):
        return
    for one in coming:
        if _may_build(one, now) and _wants_build(log, one) and not _just_built(log, one, now):
            yield Build(one.id)


def _just_built(log: Log, one: Coming, now: datetime) -> bool:
    """A build that ended without what was wanted is not begun again and again, unless newer data came in."""
    since = now - BUILD_AGAIN_AFTER
    return noted(log, "build failed", one.id, since=since, after_line=one.data_in) or noted(
        log, "build done", one.id, since=since, after_line=one.data_in
    )


def _may_build(one: Coming, now: datetime) -> bool:
    lets = one.plan is not None and one.plan.unattended_build
    return lets and one.planned.announced and not one.delayed and bool(one.data_in) and now < one.due.instant


def _wants_build(log: Log, one: Coming) -> bool:
    """Nothing fits, or what was built is older than the data and nobody signed for it.

    The same figures built once more leave no line of a build; the service's note tells that it was done.
    """
    candidate = one.candidate
    if candidate is None or one.blocked_by("build"):
        return True
    done = noted(log, "build done", one.id, since=EVER, after_line=one.data_in)
    return candidate.built < one.data_in and not candidate.approvals and not done


def announcements(log: Log, plans: Mapping[str, Plan], now: datetime) -> Iterator[Announce]:
    for series in sorted(plans):
        facts = calendar.wanted(plans[series], log.leaves, now, MONTHS_AHEAD, taken=log.opened)
        if facts:
            yield Announce(facts)
