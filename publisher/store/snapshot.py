"""Snapshots: a named state of the store that builds refer to, today and in ten years.

Nothing in the store is ever changed, only added; so a snapshot is two numbers, the last batch and the last policy
version it sees.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from publisher.errors import StoreError, UsageError
from publisher.model.declaration import DECLARATION, Column
from publisher.store.connection import Store
from publisher.store.failure import explained
from publisher.store.policy_file import KINDS
from publisher.store.schema import COLUMNS
from publisher.store.statements import statement

_PERIOD = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True)
class Snapshot:
    """`batches` are the ids of all batches it sees; `last_policy` 0 means that no policy list was loaded yet."""

    id: str
    last_batch: int
    last_policy: int
    who: str
    taken_at: datetime
    batches: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"taken_at": self.taken_at.isoformat(), "batches": list(self.batches)}


@dataclass(frozen=True)
class Used:
    """What a query reads: codes and contributor (`columns`), measures (`sums`), and its universe as an SQL condition
    with ? for each of `values`."""

    columns: tuple[str, ...]
    sums: tuple[str, ...]
    universe: str
    values: tuple[str, ...]


def take_snapshot(store: Store, *, who: str = "") -> Snapshot:
    """Names the present state. Where nothing changed since the last snapshot, that one is returned.

    Raises StoreError for an empty store.
    """
    with explained(store.place):
        state = store.connection.execute(statement("present_state")).fetchone()
        if state is None or state[0] == 0:
            raise StoreError(
                "the store holds no declarations.", place=store.place, remedy="Take some in with 'publisher ingest'."
            )
        last_batch, last_policy, snapshots = state
        id = f"s{snapshots + 1:04d}"
        now = datetime.now(UTC).replace(tzinfo=None)
        store.connection.execute(
            statement("take_snapshot"), {"id": id, "batch": last_batch, "policy": last_policy, "who": who, "now": now}
        )
        return list_snapshots(store)[-1]


def list_snapshots(store: Store) -> tuple[Snapshot, ...]:
    """All snapshots, oldest first."""
    rows = store.connection.execute(statement("snapshots")).fetchall()
    return tuple(Snapshot(*[*row, at.replace(tzinfo=UTC), tuple(batches)]) for *row, at, batches in rows)


def find_snapshot(store: Store, id: str) -> Snapshot:
    """The snapshot `id`. Raises StoreError that names those there are."""
    snapshots = list_snapshots(store)
    for snapshot in snapshots:
        if snapshot.id == id:
            return snapshot
    known = f"There are {snapshots[0].id} to {snapshots[-1].id}." if snapshots else "There is none yet."
    raise StoreError(
        f"there is no snapshot '{id}'. {known}",
        place=store.place,
        remedy="Name one of these, or take one with 'publisher store snapshot'.",
    )


def expose(store: Store, snapshot: Snapshot) -> None:
    """Makes the temporary views `declaration` and, named like its kind, of each policy list as of `snapshot`.

    `declaration` has the columns of model.declaration, one row a goods item in its version current at the
    snapshot. The policy views shadow the store's own of the same names.
    """
    with explained(store.place):
        store.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW declaration AS SELECT {COLUMNS} FROM ({_current(store, snapshot)})"
        )
        for name in KINDS:
            store.connection.execute(statement("policy_view").format(name=name, last_policy=snapshot.last_policy))


def data_digest(store: Store, snapshot: Snapshot, period: str) -> str:
    """Private digest (hex) of all current rows of a month ("2021-02") or a year ("2021").

    HMAC-SHA256 under the seal key over the sorted SHA-256 of each row: it depends on the rows alone, not on the
    batches they came in or their order, and whoever lacks the key cannot test guesses against it. A new version
    of an item changes it, even with equal content. A row in which the columns that came later are all null has the
    digest that it had without them. Raises UsageError for anything else than a month or a year.
    """
    _check_period(period)
    query = statement("row_digests").format(
        current=_current(store, snapshot),
        fields=_fields(column for column in DECLARATION if not column.later),
        all_fields=_fields(DECLARATION),
        later=", ".join(column.name for column in DECLARATION if column.later),
    )
    return _keyed(store, f"trade-publisher data digest 1\n{period}\n", query, [period, period])


def used_digest(store: Store, snapshot: Snapshot, period: str, used: Used) -> str:
    """Private digest (hex) of what a query reads of a month or a year: contributors and codes within its universe,
    with the number of items and the sums of its measures. What it does not read, or what only moves between
    declarations of one contributor with the same codes, leaves it as it is. Raises as data_digest does.
    """
    _check_period(period)
    columns = ", ".join(used.columns)
    query = statement("used_digests").format(
        current=_current(store, snapshot),
        fields=", ".join(f"'{name}': {name}" for name in (*used.columns, "items", *used.sums)),
        columns=columns,
        sums="".join(f", CAST(coalesce(sum({name}), 0) AS VARCHAR) AS {name}" for name in used.sums),
        universe=used.universe,
    )
    named = f"trade-publisher data digest 2\n{period}\n{columns}\n{used.sums}\n{used.universe}\n{used.values}\n"
    return _keyed(store, named, query, [period, period, *used.values])


def _fields(columns: Iterable[Column]) -> str:
    return ", ".join(f"'{column.name}': {column.name}" for column in columns)


def _check_period(period: str) -> None:
    if not _PERIOD.fullmatch(period):
        raise UsageError("this is no period.", place=period, remedy="Write a month as 2021-02 or a year as 2021.")


def _keyed(store: Store, named: str, query: str, values: Sequence[str]) -> str:
    """HMAC-SHA256 under the seal key over a heading and the digests that `query` gives, in its order."""
    total = hmac.new(store.seal_key, named.encode(), hashlib.sha256)
    with explained(store.place):
        for batch in store.connection.execute(query, values).to_arrow_reader(100_000):
            total.update(b"".join(digest.as_py() for digest in batch.column(0)))
    return total.hexdigest()


def _current(store: Store, snapshot: Snapshot) -> str:
    """Query of all columns of the items current at the snapshot.

    What is superseded as of a snapshot never changes, so the anti-join is left out where there is nothing.
    """
    row = store.connection.execute(
        "SELECT count(*) FROM superseded WHERE by_batch <= ?", [snapshot.last_batch]
    ).fetchone()
    name = "current_items" if row and row[0] else "all_items"
    return statement(name).format(last_batch=int(snapshot.last_batch))
