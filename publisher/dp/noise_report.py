"""private/noise.json: which measurement each noisy table shows, and whether its data have changed since.

For the preparer, who may ask for a revision. Readers are not told: it depends on single declarations.
"""

import json
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from publisher.aggregate.months import months_of
from publisher.catalogue.plan import Plan
from publisher.catalogue.query import Query
from publisher.dp.behind import data_behind
from publisher.dp.measured import demand
from publisher.ledger.ledger import Ledger
from publisher.store.connection import Store
from publisher.store.snapshot import Snapshot

NAME = "noise.json"


def write_noise_report(
    private: Path,
    store: Store,
    plan: Plan,
    queries: Sequence[Query],
    period: str,
    snapshot: Snapshot,
    ledger: Ledger,
) -> None:
    """One object a noisy table and month: query, period, measurement, revision, changed_since."""
    rows = []
    for query, month in product(queries, months_of(period).names):
        if query.method != "suppression":
            data = data_behind(store, query, month, snapshot)
            shown = demand(query, month, data, ledger, plan.revisions_of(query.id, month))
            named = {"query": query.id, "period": month, "measurement": shown.key, "revision": shown.revision}
            rows.append(named | {"changed_since": shown.changed})
    (private / NAME).write_text(json.dumps(rows, indent=2) + "\n", "utf-8")


def changed_since(private: Path) -> tuple[str, ...]:
    """The queries whose data changed, of an edition's private folder."""
    path = private / NAME
    rows = json.loads(path.read_text("utf-8")) if path.is_file() else []
    return tuple(dict.fromkeys(row["query"] for row in rows if row["changed_since"]))
