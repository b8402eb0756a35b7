"""What protection did to an edition beside the one before, for the statistician: private/protection.json."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from publisher.errors import ReleaseError
from publisher.suppression.stability import StatusChanges

NAME = "protection.json"


@dataclass(frozen=True)
class ProtectionReport:
    """Confidential: it tells unsafe cells from others.

    before          the edition that the pattern was held against, None for the first
    statuses        one entry a table that both editions have
    already_public  codes of unsafe cells whose very number an earlier edition of the period shows
    """

    before: str | None
    statuses: tuple[StatusChanges, ...]
    already_public: tuple[tuple[str, ...], ...]

    @property
    def common(self) -> int:
        return sum(table.common for table in self.statuses)

    @property
    def newly_hidden(self) -> int:
        return sum(table.newly_hidden for table in self.statuses)

    @property
    def newly_shown(self) -> int:
        return sum(table.newly_shown for table in self.statuses)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def write_report(private: Path, report: ProtectionReport) -> None:
    (private / NAME).write_text(json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n", "utf-8")


def read_report(private: Path) -> ProtectionReport | None:
    """None for an edition that was built without one. Raises ReleaseError where it is damaged."""
    path = private / NAME
    if not path.is_file():
        return None
    try:
        found = json.loads(path.read_text("utf-8"))
        return ProtectionReport(
            found["before"],
            tuple(StatusChanges(**table) for table in found["statuses"]),
            tuple(tuple(codes) for codes in found["already_public"]),
        )
    except (ValueError, TypeError, KeyError) as damaged:
        raise ReleaseError(
            "cannot be read.", place=str(path), remedy="Build the edition again to make it anew."
        ) from damaged
