"""Whatever the log tells, in whatever order: no release and no date that readers were given is ever lost."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.model.release_event import Moment, ReleaseId
from publisher.release.calendar.calendar import CalendarLine, lines
from publisher.release.transparency.facts import AnnouncedFact, Leaf, due_of
from tests.lib.examples import examples
from tests.lib.leaves import OPENED, PublicLog, edition, ref, release

IDS = [release("2021-03"), release("2021-03", 2), release("2021-04")]
VERBS = ("announce", "delay", "cancel", "publish", "withdraw")
STEPS = st.tuples(st.sampled_from(VERBS), st.sampled_from(IDS), st.integers(1, 4))


def told(steps: list[tuple[str, ReleaseId, int]]) -> list[Leaf]:
    """A release comes out once: publication sees to that."""
    log, out = PublicLog(), set[ReleaseId]()
    for minute, (verb, id, day) in enumerate(steps):
        time, due = OPENED + timedelta(minutes=minute), Moment(OPENED + timedelta(days=day), "Asia/Seoul")
        if verb == "announce":
            log.announce(time, id, due, reason=f"reason {minute}")
        elif verb == "delay":
            log.delay(time, id)
        elif verb == "cancel":
            log.cancel(time, id)
        elif verb == "publish" and id not in out:
            out.add(id)
            log.publish(time, edition(id, due, id.number, supersedes=id.number - 1 or None))
        elif verb == "withdraw":
            log.withdraw(time, ref(id.period, id.number))
    return log.leaves


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(STEPS, max_size=14))
def test_no_release_and_no_date_is_lost(steps: list[tuple[str, ReleaseId, int]]) -> None:
    leaves = told(steps)
    before: dict[ReleaseId, CalendarLine] = {}
    for count in range(1, len(leaves) + 1):
        now = {line.id: line for line in lines(leaves[:count])}
        assert before.keys() <= now.keys()
        for id, line in before.items():
            after = now[id]
            assert (after.sequence, after.announced, after.changed) >= (line.sequence, line.announced, line.changed)
            assert after.old_dates[: len(line.old_dates)] == line.old_dates
            assert line.due in after.dates
            named = replace(
                line, title=after.title
            )  # an unannounced edition gets its series' title when that is told
            assert after == named or after.changed > line.changed  # what changes says when
            assert not line.edition or (after.edition, after.due) == (line.edition, line.due)
        before = now
    announced = [leaf.fact for leaf in leaves if isinstance(leaf.fact, AnnouncedFact)]
    assert {fact.release.id for fact in announced} <= before.keys()
    for fact in announced:
        line = before[fact.release.id]
        assert due_of(fact) in line.dates or line.published is not None
