"""What a scheduler works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from publisher.catalogue.plan import Plan
from publisher.model.clock import Clock
from publisher.model.release_event import ReleaseId
from publisher.release.publish.site import RenderSite
from publisher.release.schedule.actions import Action
from publisher.release.schedule.agenda import agenda
from publisher.release.schedule.candidates import Candidate, candidates
from publisher.release.transparency.log import Log, read_log
from publisher.settings import Workspace


class Running(Protocol):
    """A build in a process of its own. None while it runs, then its exit code."""

    def poll(self) -> int | None: ...


StartBuild = Callable[[ReleaseId], Running | None]
"""None where another build runs on this workspace."""


@dataclass(frozen=True)
class Desk:
    """`plans` gives those that have no fault now, `tell` is for who watches, `notify` for who must be told; neither
    ever gets a figure."""

    workspace: Workspace
    clock: Clock
    plans: Callable[[], Mapping[str, Plan]]
    render_site: RenderSite
    start_build: StartBuild
    tell: Callable[[str], None]
    notify: Callable[[str], None]
    remind_days: int = 3

    def state(self) -> tuple[Log, Mapping[str, Plan], tuple[Candidate, ...]]:
        """What agenda() judges from, as it is now."""
        log, plans = read_log(self.workspace), self.plans()
        return log, plans, candidates(self.workspace, log, plans.values())

    def wanted(self) -> tuple[Action, ...]:
        """The agenda as it is now."""
        log, plans, sealed = self.state()
        return agenda(log, plans, sealed, self.clock.now(), remind_days=self.remind_days)

    def say(self, text: str) -> None:
        """To who watches and to who must be told."""
        self.tell(text)
        self.notify(text)
