"""aggregate(): from declarations to the true cells of one query in one period."""

import duckdb
import pyarrow as pa

from publisher.aggregate.cell_columns import CellColumns
from publisher.aggregate.contributions import Layout, collect_contributions
from publisher.aggregate.levels import cuts
from publisher.aggregate.months import months_of
from publisher.aggregate.policy import read_cell_rules, read_policy
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists
from publisher.catalogue.pools import published_codelist
from publisher.catalogue.query import Query
from publisher.errors import ProtectionError
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules


def aggregate(
    connection: duckdb.DuckDBPyConnection,
    query: Query,
    time_period: str,
    snapshot_id: str,
    *,
    codelists: Codelists = published_codelist,
) -> ConfidentialTable:
    """The non-empty cells at all combinations of the query's levels: one row a cell, as ConfidentialTable says.

    Reads the view `declaration` and the tables protection_request, waiver, controlled_good and cell_rule. A period
    may be a month, a quarter or a year. One pass over the declarations; every level is then made from contributions.

    Raises ProtectionError for a query without suppression rules, a measure that does not add up, quantities that a
    request forbids, or declarations that the table cannot place; ValueError for what is no period; StoreError where
    the database refuses.
    """
    rules = _suppression_rules(query)
    months = months_of(time_period)
    policy = read_policy(connection, rules, query.structure, months)
    layout = collect_contributions(connection, query, months, snapshot_id, policy, codelists)
    cells = _cells(connection, layout, CellColumns(query.structure, layout, policy, rules.largest_needed))
    decided = read_cell_rules(connection, query.id, time_period)
    return ConfidentialTable(query.structure, time_period, snapshot_id, cells, decided)


def _suppression_rules(query: Query) -> SuppressionRules:
    if not isinstance(query.protection, SuppressionRules):
        raise ProtectionError(
            "cells with their contributors are made for suppression alone.",
            place=query.id,
            remedy="Noise is drawn from aggregate.clipped.clipped_sums.",
        )
    for measure in query.structure.measures:
        if measure.aggregate == "count_distinct" or (measure.id == "declarations" and measure.aggregate != "count"):
            raise ProtectionError(
                f"the measure {measure.id} does not add up over a hierarchy, or takes a name of the program's own.",
                place=query.id,
                remedy='Count distinct traders in a query with method = "dp"; call no sum declarations.',
            )
    return query.protection


def _cells(connection: duckdb.DuckDBPyConnection, layout: Layout, columns: CellColumns) -> pa.Table:
    """Cells of all cuts in one temporary table, read in order."""
    empty, read = columns.stored(chapter_totals=False), list(columns.read())
    run(connection, "make_cells", columns=", ".join(f"{column.name} {column.sql_type}" for column in empty))
    for table in cuts(connection, columns.structure, layout):
        stored = columns.stored(chapter_totals=table.totals_chapters(columns.structure))
        run(
            connection,
            "add_cells",
            columns=", ".join(column.aggregated for column in stored),
            source=table.name,
            at_cut=table.at_cut(columns.structure),
            nodes=", ".join(layout.nodes),
        )
    names = ", ".join(f'{column.sql} AS "{column.name}"' for column in read)
    cells = run(connection, "read_cells", columns=names, order=", ".join(layout.nodes)).to_arrow_table()
    for needless in ("aggregate_cell", "aggregate_item", "aggregate_flagged", "aggregate_recode"):
        run(connection, "drop", table=needless)
    return cells.cast(pa.schema([(column.name, column.type) for column in read]))
