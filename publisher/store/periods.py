"""Which months the store holds declarations for."""

from publisher.model.structure import Flow
from publisher.store.connection import Store
from publisher.store.failure import explained
from publisher.store.snapshot import Snapshot, expose
from publisher.store.statements import statement


def periods(store: Store, snapshot: Snapshot, flow: Flow) -> tuple[str, ...]:
    """The months with declarations of `flow` as of the snapshot, newest first. Exposes the snapshot."""
    expose(store, snapshot)
    with explained(store.place):
        rows = store.connection.execute(statement("periods"), {"flow": flow}).fetchall()
    return tuple(period for (period,) in rows)
