"""Every name that must never be seen outside: what the audit looks for in published files."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from publisher.model.declaration import DECLARATION
from publisher.store.connection import Store
from publisher.store.failure import explained


def identifiers(store: Store, months: Sequence[str]) -> "pa.ChunkedArray[Any]":
    """The distinct values of all identifier columns in some months of the exposed view `declaration`."""
    columns = [column.name for column in DECLARATION if column.classification == "identifier"]
    each = " UNION ".join(
        f"SELECT {name} AS identifier FROM declaration "
        f"WHERE list_contains($months, reference_period) AND {name} <> ''"
        for name in columns
    )
    with explained(store.place):
        table = store.connection.execute(f"{each} ORDER BY identifier", {"months": list(months)}).to_arrow_table()
    return table.column("identifier")
