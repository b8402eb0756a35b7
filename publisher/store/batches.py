"""Batches: the chain of custody. One file taken in is one batch, whole or not at all."""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from publisher.store.connection import Store
from publisher.store.rules import RULES


def batch_name(number: int) -> str:
    """'b0001'"""
    return f"b{number:04d}"


@dataclass(frozen=True)
class RuleCount:
    """How many rows broke `rule` in `column`, the first of them, and what to do. Holds no value of a row."""

    column: str
    rule: str
    rows: int
    first_row: int

    @property
    def remedy(self) -> str:
        return RULES[self.rule]

    def __str__(self) -> str:
        plural = "row" if self.rows == 1 else "rows"
        return f"{self.rows} {plural}: {self.column}, {self.rule} (first: row {self.first_row}). {self.remedy}"

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"remedy": self.remedy}


@dataclass(frozen=True)
class Batch:
    """One line of the chain of custody."""

    id: str
    file: str
    sha256: str
    profile: str
    profile_sha256: str
    rows_read: int
    rows_kept: int
    rows_quarantined: int
    rows_repeated: int
    rows_superseded: int
    first_period: str | None
    last_period: str | None
    who: str
    ingested_at: datetime

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"ingested_at": self.ingested_at.isoformat()}


@dataclass(frozen=True)
class BatchReport:
    """What happened to one file. `already_held`: the store had this very file, and nothing was done.

    `flagged` items wait in the review table; `unused` are columns of the file that the profile does not take.
    """

    batch: Batch
    outcome: Literal["kept", "already_held"]
    broken: tuple[RuleCount, ...] = ()
    flagged: int = 0
    unused: tuple[str, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "outcome": self.outcome,
            "batch": self.batch.as_json(),
            "broken": [count.as_json() for count in self.broken],
            "flagged": self.flagged,
            "unused": list(self.unused),
        }


@dataclass(frozen=True)
class IngestReport:
    """One BatchReport a file, in the order given."""

    batches: tuple[BatchReport, ...]

    @property
    def rows_kept(self) -> int:
        return sum(report.batch.rows_kept for report in self.batches if report.outcome == "kept")

    @property
    def rows_quarantined(self) -> int:
        return sum(report.batch.rows_quarantined for report in self.batches if report.outcome == "kept")

    def as_json(self) -> dict[str, Any]:
        return {
            "rows_kept": self.rows_kept,
            "rows_quarantined": self.rows_quarantined,
            "batches": [report.as_json() for report in self.batches],
        }


def list_batches(store: Store) -> tuple[Batch, ...]:
    """All batches, oldest first."""
    rows = store.connection.execute("SELECT * FROM batch ORDER BY batch_id").fetchall()
    return tuple(_batch(row) for row in rows)


def find_batch(store: Store, sha256: str) -> Batch | None:
    """The batch that took in the file with this digest."""
    row = store.connection.execute("SELECT * FROM batch WHERE file_sha256 = ?", [sha256]).fetchone()
    return None if row is None else _batch(row)


def _batch(row: tuple[Any, ...]) -> Batch:
    number, *rest, ingested_at = row
    return Batch(*[batch_name(number), *rest, ingested_at.replace(tzinfo=UTC)])
