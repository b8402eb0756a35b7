"""A clock that the test holds. Sleeping moves it and costs no time."""

from datetime import UTC, datetime, timedelta


class FakeClock:
    """`asleep` lets the wall clock run on while a sleeper does not notice, as a suspended machine does."""

    def __init__(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def now(self) -> datetime:
        return self.at

    def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

    def set(self, at: datetime) -> None:
        self.at = at.astimezone(UTC)

    def asleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
