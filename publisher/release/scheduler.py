"""Carries the agenda out: one round, a round and a wait (`due`), or for ever (`run`).

Whatever goes wrong with one action is told and does not keep the next from being done. Nothing here decides when: a
round asks agenda(), and the wall clock is looked at anew each time, because a sleep stands still with the machine.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from publisher.catalogue.plan import Plan
from publisher.errors import PublisherError
from publisher.model.clock import Clock
from publisher.model.release_event import ReleaseId
from publisher.release.actions import Action, Prepare
from publisher.release.agenda import agenda, is_behind, next_moment
from publisher.release.candidates import candidates
from publisher.release.ready import Ready
from publisher.release.site import RenderSite
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace

LONGEST_SLEEP_S = 5.0  # a machine that was asleep, or whose clock was set, is noticed within
SHORTEST_SLEEP_S = 0.001


class Running(Protocol):
    """A build in a process of its own. None while it runs, then its exit code."""

    def poll(self) -> int | None: ...


StartBuild = Callable[[ReleaseId], Running | None]
"""None where another build runs on this workspace."""


@dataclass(frozen=True)
class Desk:
    """What a scheduler works with. `plans` gives those that have no fault now, `tell` is for who watches, `notify`
    for who must be told; neither ever gets a figure."""

    workspace: Workspace
    clock: Clock
    plans: Callable[[], Mapping[str, Plan]]
    render_site: RenderSite
    start_build: StartBuild
    tell: Callable[[str], None]
    notify: Callable[[str], None]
    remind_days: int = 3


@dataclass
class Scheduler:
    """Has two things at hand between rounds, and loses nothing with them: a site made ahead, and a running build."""

    desk: Desk
    _ready: tuple[Prepare, Ready] | None = None
    _building: tuple[ReleaseId, Running] | None = None
    _told: set[str] = field(default_factory=set)

    def due(self, wait: timedelta = timedelta()) -> None:
        """One round; then as long as a build runs, or something is due within `wait`, more of them."""
        began = self.desk.clock.now()
        try:
            self.round()
            while self._building or self._is_awaited(began, wait):
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
        self._faults: set[str] = set()
        self._try(self._note_build)
        self._try(self._show)
        for action in self._try(self.wanted) or ():
            self._try(lambda action=action: self._carry_out(action))  # type: ignore[misc]
        self._told &= self._faults

    def wanted(self) -> tuple[Action, ...]:
        """The agenda as it is now."""
        desk, plans = self.desk, self.desk.plans()
        log = read_log(desk.workspace)
        sealed, now = candidates(desk.workspace, log, plans.values()), desk.clock.now()
        if is_behind(log, now):
            self._fault("the clock stands before the latest event in the log; nothing is done until it is set")
        return agenda(log, plans, sealed, now, remind_days=desk.remind_days)

    def pause(self) -> float:
        """Seconds until the next due moment, at most five."""
        moment = self._next()
        left = LONGEST_SLEEP_S if moment is None else (moment - self.desk.clock.now()).total_seconds()
        return min(LONGEST_SLEEP_S, max(SHORTEST_SLEEP_S, left))

    def close(self) -> None:
        """Removes a site that was made ahead and not shown."""
        if self._ready is not None:
            self._ready[1].__exit__()
            self._ready = None

    def _next(self) -> datetime | None:
        with suppress(PublisherError):
            desk, plans = self.desk, self.desk.plans()
            log = read_log(desk.workspace)
            return next_moment(log, plans, candidates(desk.workspace, log, plans.values()), desk.clock.now())
        return None
