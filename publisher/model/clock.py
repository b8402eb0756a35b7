"""The clock of releases: an argument everywhere, so that tests can hold it. No flag or variable sets it."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """`now` is in UTC. `sleep` may wake early or late: whoever waits for a moment looks at `now` again."""

    def now(self) -> datetime: ...

    def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own. Its sleep stands still while the machine is suspended, so sleep briefly."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def sleep(self, seconds: float) -> None:
        time.sleep(seconds)
