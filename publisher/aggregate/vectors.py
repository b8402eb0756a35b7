"""The contributors' vectors that noise is calibrated to, before clipping."""

from dataclasses import dataclass, replace
from math import prod

import duckdb

from publisher.aggregate.contributions import FINEST, Layout, collect_contributions
from publisher.aggregate.contributors import pseudonyms
from publisher.aggregate.levels import CutTable, cuts
from publisher.aggregate.months import months_of
from publisher.aggregate.statements import run
from publisher.aggregate.trees import Codelists, nodes_above
from publisher.catalogue.query import Query
from publisher.errors import ProtectionError
from publisher.model.level_plan import Cut
from publisher.model.structure import Measure, TableStructure

LARGEST_COORDINATE = 2**50  # larger ones are cut to it: squares of 2**26 of them still add up in 128 bits
LARGEST_VECTOR = 2**26
VECTOR = "aggregate_vector"
LEVEL = "aggregate_level"


def collect_vectors(
    connection: duckdb.DuckDBPyConnection, query: Query, time_period: str, snapshot_id: str, codelists: Codelists
) -> tuple[str, ...]:
    """Makes the temporary tables aggregate_vector and aggregate_norm; returns the names of the vectors' columns.

    aggregate_vector: d0, d1, ... INTEGER, unit INTEGER (contributor), v0, v1, ... BIGINT, one a measure
    aggregate_norm:   unit INTEGER, norm_squared HUGEINT
    """
    _refuse_long(query.structure)
    months = months_of(time_period)
    by_trader = replace(query, contributor=replace(query.contributor, holding=None))
    layout = collect_contributions(connection, by_trader, months, snapshot_id, None, codelists)
    names = tuple(f"v{number}" for number in range(len(query.structure.measures)))
    columns = [*(f"{node} INTEGER" for node in layout.nodes), "unit INTEGER", *(f"{name} BIGINT" for name in names)]
    run(connection, "make_vectors", columns=", ".join(columns))
    add = _AddCoordinates(connection, query, layout, pseudonyms(connection, snapshot_id))
    if any(measure.adds_up for measure in query.structure.measures):
        add.of_sums()
    if not all(measure.adds_up for measure in query.structure.measures):
        for table in cuts(connection, query.structure, layout):
            add.of_distinct(table)
    measure_norms(connection, VECTOR, names)
    return names


def _refuse_long(structure: TableStructure) -> None:
    keys = prod(len(dimension.hierarchy.codes) for dimension in structure.dimensions)
    if keys * len(structure.measures) > LARGEST_VECTOR:
        raise ProtectionError(
            f"the public key set is too large for noise: at most {LARGEST_VECTOR} numbers can be measured.",
            place=structure.id,
            remedy="Leave out the finest level of a dimension.",
        )


@dataclass(frozen=True)
class _AddCoordinates:
    """Adds rows to aggregate_vector: one a (cell, contributor), every measure that is not meant being 0."""

    connection: duckdb.DuckDBPyConnection
    query: Query
    layout: Layout
    traders: str

    def of_sums(self) -> None:
        """What adds up, in the finest cells."""
        self._add(FINEST, "true", [self._in_finest_cells(measure) for measure in self.query.structure.measures])

    def _in_finest_cells(self, measure: Measure) -> str:
        """SQL. A holding counts once in a cell for each of its traders there."""
        if not measure.adds_up:
            return "0"
        return "count(*)" if measure.aggregate == "count_distinct" else f"sum({self.layout.column(measure)})"

    def of_distinct(self, table: CutTable) -> None:
        """A holding counts once in a cell for each of its traders there."""
        values = ["0" if measure.adds_up else "count(*)" for measure in self.query.structure.measures]
        self._add(table.name, table.at_cut(self.query.structure), values)

    def _add(self, source: str, condition: str, values: list[str]) -> None:
        run(
            self.connection,
            "add_coordinates",
            nodes=", ".join(self.layout.nodes),
            unit="holding" if self.query.contributor.holding else "own",
            values=", ".join(f"CAST(least({value}, {LARGEST_COORDINATE}) AS BIGINT)" for value in values),
            source=source,
            traders=self.traders,
            condition=condition,
        )


def lift_vectors(
    connection: duckdb.DuckDBPyConnection, structure: TableStructure, cut: Cut, names: tuple[str, ...]
) -> None:
    """Makes the temporary table aggregate_level, with the columns of aggregate_vector, and aggregate_norm of it.

    One row a (cell of the cut, contributor): the sum of the contributor's finest cells below. A leaf above the finest
    level is a finest cell and stands in no coarser cut.
    """
    for number, (dimension, level) in enumerate(zip(structure.dimensions, cut, strict=True)):
        above = nodes_above(dimension.hierarchy, level)
        run(connection, "make_lifts", [list(above), list(above.values())], table=f"aggregate_above_{number}")
    places = range(len(cut))
    run(
        connection,
        "lift_vectors",
        nodes=", ".join(f"above_{n}.above AS d{n}" for n in places),
        values=", ".join(f"CAST(least(sum({name}), {LARGEST_COORDINATE}) AS BIGINT) AS {name}" for name in names),
        joins=" ".join(f"JOIN aggregate_above_{n} AS above_{n} ON above_{n}.node = finest.d{n}" for n in places),
    )
    measure_norms(connection, LEVEL, names)


def measure_norms(connection: duckdb.DuckDBPyConnection, source: str, names: tuple[str, ...]) -> None:
    """Makes the temporary table aggregate_norm of the vectors in `source`."""
    run(connection, "measure_norms", squares=squares(names), source=source)


def squares(names: tuple[str, ...]) -> str:
    """SQL for the sum of squares, in 128 bits."""
    return " + ".join(f"CAST({name} AS HUGEINT) * {name}" for name in names)


def drop_vectors(connection: duckdb.DuckDBPyConnection, dimensions: int) -> None:
    """Gives back the memory."""
    lifts = [f"aggregate_above_{number}" for number in range(dimensions)]
    for table in (FINEST, "aggregate_item", VECTOR, LEVEL, "aggregate_norm", "aggregate_clipped", *lifts):
        run(connection, "drop", table=table)
