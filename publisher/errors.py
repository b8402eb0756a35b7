"""Every exception a user can meet, with its exit code.

A message says where, what is required, and how to mend it. No message ever holds a microdata value, a
suppressed number or a trader's identifier: messages reach terminals, logs and bug reports.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class PublisherError(Exception):
    """What a user can mend. The command line prints `message` and `remedy`, without a traceback."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, remedy: str = "", place: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.place = place

    def __str__(self) -> str:
        where = f"{self.place}: " if self.place else ""
        return f"{where}{self.message}" + (f" {self.remedy}" if self.remedy else "")


class UsageError(PublisherError):
    """The words of a command do not fit together."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file a user wrote. `place` is 'file: key'; `allowed` says what would do."""

    place: str
    problem: str
    allowed: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}" + (f" (allowed: {self.allowed})" if self.allowed else "")


class CatalogueError(PublisherError):
    """A query, plan, profile or codelist file is wrong. Holds every fault of the file at once."""

    exit_code = 3

    def __init__(self, faults: Sequence[Fault], *, remedy: str = "Mend the file and run the command again.") -> None:
        super().__init__("\n".join(str(fault) for fault in faults), remedy=remedy)
        self.faults = tuple(faults)


class IngestError(PublisherError):
    """Declarations cannot be taken in. Nothing of the batch is kept."""

    exit_code = 4


class StoreError(PublisherError):
    """The confidential store cannot be opened, is damaged, or is in the wrong state."""

    exit_code = 5


class KeyRefusedError(StoreError):
    """No key, a wrong key, or a key file that others can read."""


class ProtectionError(PublisherError):
    """A table cannot be protected as its query demands. `cells` are codes, never values."""

    exit_code = 6

    def __init__(
        self, message: str, *, cells: Sequence[tuple[str, ...]] = (), remedy: str = "", place: str = ""
    ) -> None:
        super().__init__(message, remedy=remedy, place=place)
        self.cells = tuple(cells)


class PrivacyBudgetError(PublisherError):
    """A measurement would overspend, or a charge has no sealed result. Nothing is drawn."""

    exit_code = 7


class LedgerError(PublisherError):
    """The privacy ledger is damaged, locked by another process, or older than what was published."""

    exit_code = 7


class AuditFailedError(PublisherError):
    """The attacker found a way in. The edition is not released."""

    exit_code = 8


class ReleaseError(PublisherError):
    """An edition is missing, unapproved, early, already there, or does not verify."""

    exit_code = 9


class LeakError(PublisherError):
    """A confidential value was about to reach something public."""

    exit_code = 8
