"""The data behind a noisy table, as digests: what tells whether they are those that were measured."""

from publisher.aggregate.used import used_by
from publisher.catalogue.query import Query
from publisher.dp.measured import Data
from publisher.store.connection import Store
from publisher.store.snapshot import Snapshot, data_digest, find_snapshot, list_snapshots, used_digest


def data_behind(store: Store, query: Query, period: str, snapshot: Snapshot) -> Data:
    """Digests of the data; that of a whole month only where a ledger of format 1 asks for it."""

    def whole(name: str) -> str:
        known = name in {one.id for one in list_snapshots(store)}
        return data_digest(store, find_snapshot(store, name), period) if known else ""

    return Data(snapshot.id, used_digest(store, snapshot, period, used_by(query)), whole)
