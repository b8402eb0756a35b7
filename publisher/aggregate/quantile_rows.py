"""quantile_rows(): the input of a table of quantiles. Its sensitivity is argued in this room's README.md."""

from collections.abc import Iterator
from math import prod
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.months import months_of
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists, place_codes
from publisher.catalogue.codelists import codelist
from publisher.catalogue.query import Query
from publisher.catalogue.where import to_sql
from publisher.errors import ProtectionError
from publisher.model.codelist import Hierarchy
from publisher.model.confidential import QuantileRows
from publisher.model.structure import TableStructure

LARGEST_CLIP = 2**20
LARGEST_TABLE = 2**16  # cells times candidates: every quantile is a draw of its own
_TABLES = ("aggregate_row", "aggregate_kept", "aggregate_counted")


def quantile_rows(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    time_period: str,
    snapshot_id: str,
    clip: int,
    *,
    codelists: Codelists = codelist,
) -> QuantileRows:
    """The goods items of every cell that state the measures' column, counted by candidate.

    Of a contributor whose numbers of items in the cells (of all levels) have an L2 norm above `clip`, only the first
    ones count, in the order of a hash of their own numbers. Every key of the public key set has a row.

    Raises ProtectionError for a clip or a table out of range and for declarations that the table cannot place;
    ValueError for what is no period; StoreError where the database refuses.
    """
    structure = query.structure
    _refuse_large(structure, clip)
    nodes = ", ".join(f"d{number}" for number in range(len(structure.dimensions)))
    _place(connection, query, time_period, snapshot_id, nodes, codelists)
    _check_placed(connection, query)
    above = _above(connection, structure)
    run(connection, "keep_rows", [clip**2], nodes=nodes, **above)
    run(connection, "count_kept", **above)
    long = run(connection, "find_long_rows", [clip**2], nodes=nodes).fetchone()
    if long is None or long[0]:
        raise ProtectionError(
            "a contributor keeps more rows than the clip allows.",
            place=query.id,
            remedy="Nothing was drawn. This is a fault of the program: report it.",
        )
    counts = _counts(structure, run(connection, "read_counted", nodes=nodes).to_arrow_table())
    for table in _TABLES:
        run(connection, "drop", table=table)
    return QuantileRows(structure, time_period, snapshot_id, clip, counts)


def _refuse_large(structure: TableStructure, clip: int) -> None:
    cells = prod(len(dimension.hierarchy.codes) for dimension in structure.dimensions)
    if not 1 <= clip <= LARGEST_CLIP or cells * len(structure.measures[0].candidates) > LARGEST_TABLE:
        raise ProtectionError(
            f"quantiles need a clip of 1 to {LARGEST_CLIP} rows and at most {LARGEST_TABLE} cells times candidates.",
            place=structure.id,
            remedy="Leave out the finest level of a dimension, or give fewer candidates.",
        )


def _place(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    time_period: str,
    snapshot_id: str,
    nodes: str,
    codelists: Codelists,
) -> None:
    """Makes the temporary table aggregate_row."""
    structure, months = query.structure, months_of(time_period)
    place_codes(connection, structure, codelists)
    universe, values = to_sql(structure.universe)
    columns = list(enumerate(structure.columns))
    run(
        connection,
        "place_rows",
        [*months.names, structure.flow, *values],
        nodes=nodes,
        placed=", ".join(f"place_{n}.node AS d{n}" for n, _ in columns),
        places=" ".join(f"LEFT JOIN aggregate_place_{n} AS place_{n} ON place_{n}.code = {c}" for n, c in columns),
        contributor="holding" if query.contributor.holding else "own",
        trader=query.contributor.column,
        traders=pseudonyms(connection, snapshot_id),
        bin=_bin(structure),
        column=structure.measures[0].column,
        months=", ".join("?" for _ in months.names),
        universe=universe,
    )


def _bin(structure: TableStructure) -> str:
    """SQL: the number of the least candidate that is not below the column; the last for all beyond."""
    measure = structure.measures[0]
    steps = " ".join(f"WHEN {measure.column} <= {c} THEN {n}" for n, c in enumerate(measure.candidates[:-1]))
    return f"CASE {steps} ELSE {len(measure.candidates) - 1} END"


def _check_placed(connection: duckdb.DuckDBPyConnection, query: Query) -> None:
    """Raises ProtectionError for what has no cell or no contributor. Never tells how many or which."""
    columns = {f"d{n}": f"a {name} that is no leaf" for n, name in enumerate(query.structure.columns)}
    columns["unit"] = f"no {query.contributor.column}"
    faults = ", ".join(f"coalesce(bool_or({column} IS NULL), false)" for column in columns)
    row = run(connection, "find_faults", table="aggregate_row", faults=faults).fetchone() or ()
    for wrong, problem in zip(row, columns.values(), strict=True):
        if wrong:
            raise ProtectionError(
                f"a declaration has {problem}.",
                place=query.id,
                remedy="Look with 'publisher store review', correct the declarations and take a new snapshot.",
            )


def _above(connection: duckdb.DuckDBPyConnection, structure: TableStructure) -> dict[str, str]:
    """Makes the temporary tables aggregate_above_0, ... (a leaf and each node from it up); SQL that joins them."""
    dimensions = range(len(structure.dimensions))
    for number in dimensions:
        pairs = list(_upwards(structure.dimensions[number].hierarchy))
        bound = [[leaf for leaf, _ in pairs], [node for _, node in pairs]]
        run(connection, "make_lifts", bound, table=f"aggregate_above_{number}")
    return {
        "cells": ", ".join(f"above_{n}.above AS d{n}" for n in dimensions),
        "lifts": " ".join(f"JOIN aggregate_above_{n} AS above_{n} ON above_{n}.node = item.d{n}" for n in dimensions),
    }


def _upwards(tree: Hierarchy) -> Iterator[tuple[int, int]]:
    for leaf in tree.leaves:
        node = leaf
        while node >= 0:
            yield leaf, node
            node = tree.parent[node]


def _counts(structure: TableStructure, found: pa.Table) -> pa.Table:
    """QuantileRows.counts."""
    sizes = [len(dimension.hierarchy.codes) for dimension in structure.dimensions]
    cube = np.zeros((*sizes, len(structure.measures[0].candidates)), dtype=np.int64)
    places = [found.column(name).to_numpy() for name in (*(f"d{n}" for n in range(len(sizes))), "bin")]
    cube[tuple(places)] = found.column("items").to_numpy()
    keys = np.indices(sizes).reshape(len(sizes), -1)
    columns: dict[str, pa.Array[Any]] = {
        name: pa.array(nodes, pa.int32()) for name, nodes in zip(structure.columns, keys, strict=True)
    }
    table = cube.reshape(-1, cube.shape[-1])
    return pa.table(columns | {f"rows_{n}": pa.array(table[:, n]) for n in range(table.shape[1])})
