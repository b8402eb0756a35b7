"""Rounds of the agenda: one, and those until something awaited is done (`due`), or for ever (`run`).

Whatever goes wrong with one action is told and does not keep the next from being done. Nothing here decides when: a
round asks agenda(), and the wall clock is looked at anew each time, because a sleep stands still with the machine.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

from publisher.errors import PublisherError
from publisher.model.release_event import ReleaseId
from publisher.release.publish.ready import Ready
from publisher.release.schedule import carry_out
from publisher.release.schedule.actions import Action, Announce, Build, Delay, Pack, Prepare, Publish, Remind
from publisher.release.schedule.agenda import clock_doubt, next_moment
from publisher.release.schedule.desk import Desk, Running

LONGEST_SLEEP_S = 5.0  # within that a machine that was asleep, or whose clock was set, is noticed
SHORTEST_SLEEP_S = 0.001

T = TypeVar("T")


@dataclass
class Scheduler:
    """Has two things at hand between rounds, and loses nothing with them: a site made ahead, and a running build.

    `faults` are those of the last round."""

    desk: Desk
    _ready: tuple[Prepare, Ready] | None = None
    _building: tuple[ReleaseId, Running] | None = None
    _told: set[str] = field(default_factory=set)
    faults: set[str] = field(default_factory=set)

    def due(self, wait: timedelta = timedelta()) -> None:
        """One round; more while a build runs, and until what is due within `wait` had its time."""
        until = self.desk.clock.now() + wait
        try:
            self.round()
            while self._building or self._is_awaited(until):
                self.desk.clock.sleep(self.pause())
                self.round()
        finally:
            self.close()

    def run(self, until: Callable[[], bool] = lambda: False) -> None:
        """Rounds for ever, or until the caller says so."""
        try:
            while not until():
                self.round()
                self.desk.clock.sleep(self.pause())
        finally:
            self.close()

    def round(self) -> None:
        """What the log says is shown, then the agenda is done, in its order."""
        self.faults = set()
        self._try(self._look_at_build)
        self._try(lambda: carry_out.show(self.desk))
        for action in self._try(self._wanted) or ():
            self._try(lambda one=action: self._carry_out(one))  # type: ignore[misc]
        self._told &= self.faults

    def pause(self) -> float:
        """Seconds until the next due moment, at most five."""
        moment = self._next_moment()
        left = LONGEST_SLEEP_S if moment is None else (moment - self.desk.clock.now()).total_seconds()
        return min(LONGEST_SLEEP_S, max(SHORTEST_SLEEP_S, left))

    def close(self) -> None:
        """Removes a site that was made ahead and not shown."""
        if self._ready is not None:
            self._ready[1].__exit__()
            self._ready = None

    def _wanted(self) -> tuple[Action, ...]:
        log, _, _ = self.desk.state()
        doubt = clock_doubt(log, self.desk.clock.now())
        if doubt:
            self._fault(f"nothing is done: {doubt} Set the clock, or say that it is right with 'publisher clock'.")
        return self.desk.wanted()

    def _is_awaited(self, until: datetime) -> bool:
        moment = self._next_moment()
        return moment is not None and moment <= until

    def _next_moment(self) -> datetime | None:
        with suppress(PublisherError):
            return next_moment(*self.desk.state(), self.desk.clock.now())
        return None

    def _carry_out(self, action: Action) -> None:
        match action:
            case Publish():
                self._publish(action)
            case Prepare():
                self._prepare(action)
            case Build(release=release):
                self._build(release)
            case Delay():
                carry_out.delay(self.desk, action)
            case Pack():
                carry_out.pack(self.desk, action)
            case Remind():
                carry_out.remind(self.desk, action)
            case Announce():
                carry_out.announce(self.desk, action)

    def _publish(self, action: Publish) -> None:
        ready = self._ready[1] if self._ready and self._ready[0].editions == action.editions else None
        try:
            carry_out.publish_set(self.desk, action, ready)
        finally:
            self.close()

    def _prepare(self, action: Prepare) -> None:
        if self._ready is None or self._ready[0] != action:
            self.close()
            self._ready = action, carry_out.prepare_set(self.desk, action)

    def _build(self, release: ReleaseId) -> None:
        """One at a time. What it makes is its own to log."""
        running = None if self._building else self.desk.start_build(release)
        if running is not None:
            self._building = release, running
            self.desk.tell(f"building {release.series} {release.period}")

    def _look_at_build(self) -> None:
        code = self._building[1].poll() if self._building else None
        if self._building is None or code is None:
            return
        release, self._building = self._building[0], None
        carry_out.note_build(self.desk, release, code)

    def _try(self, step: Callable[[], T]) -> T | None:
        """A fault of one step is told once, as long as it lasts, and keeps nothing else from being done."""
        try:
            return step()
        except PublisherError as fault:
            self._fault(str(fault))
            return None

    def _fault(self, text: str) -> None:
        self.faults.add(text)
        if text not in self._told:
            self._told.add(text)
            self.desk.tell(text)
