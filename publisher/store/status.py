"""What the store holds, in counts."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from publisher.store.connection import Store
from publisher.store.failure import explained
from publisher.store.policy import policy_counts
from publisher.store.statements import statement


@dataclass(frozen=True)
class StoreStatus:
    """`items` counts all versions, `current_items` those that count now."""

    store_file: str
    bytes: int
    batches: int
    items: int
    current_items: int
    first_period: str | None
    last_period: str | None
    quarantined_rows: int
    flagged_items: int
    snapshots: int
    protection_requests: int
    waivers: int
    controlled_goods: int
    cell_rules: int

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def store_status(store: Store) -> StoreStatus:
    """Counts of everything in the store."""
    file = Path(store.place)
    with explained(store.place):
        row = store.connection.execute(statement("status")).fetchone() or ()
        policy = policy_counts(store)
    return StoreStatus(file.name, file.stat().st_size, *row, *policy.values())
