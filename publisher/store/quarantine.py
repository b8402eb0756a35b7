"""Rows that were not taken in: counted by rule, or listed with their raw content for the person who mends them."""

from dataclasses import asdict, dataclass, field
from typing import Any

from publisher.store.batches import RuleCount, batch_name
from publisher.store.connection import Store
from publisher.store.rules import RULES
from publisher.store.statements import statement


@dataclass(frozen=True)
class QuarantinedRow:
    """One broken rule of one row. `raw` is confidential and kept out of the repr."""

    batch: str
    file: str
    row_number: int
    column: str
    rule: str
    raw: str = field(repr=False)

    @property
    def remedy(self) -> str:
        return RULES[self.rule]

    def as_json(self, *, raw: bool = False) -> dict[str, Any]:
        shown = asdict(self) | {"remedy": self.remedy}
        return shown if raw else {key: value for key, value in shown.items() if key != "raw"}


def quarantine_counts(store: Store) -> tuple[RuleCount, ...]:
    """Broken rules over all batches, the most frequent first."""
    rows = store.connection.execute(statement("quarantine_counts")).fetchall()
    return tuple(RuleCount(*row) for row in rows)


def quarantine_list(store: Store, *, limit: int = 1000) -> tuple[QuarantinedRow, ...]:
    """Quarantined rows, the latest batch first."""
    rows = store.connection.execute(statement("quarantine_list"), {"limit": limit}).fetchall()
    return tuple(QuarantinedRow(batch_name(number), *rest) for number, *rest in rows)
