"""What protection costs the aggregate: python -m tests.bench.aggregate --rows 20000000

Makes N synthetic goods items, all turned into imports of one month so that every row is in the table, and runs the
shipped query imports_by_commodity_origin (HS section to subheading x region and country, holdings) over them twice:

bare       DuckDB alone: the same rows and filter, the codes joined to one small table a dimension that holds the
           node at each level, and one GROUP BY GROUPING SETS with a set for each of the 15 combinations of levels
           (a total is a column left out); sums of value and mass and the number of rows, read as Arrow.
           No contributors, no largest shares, no order.
aggregate  publisher.aggregate.cells.aggregate: the same cells with all that ConfidentialTable promises, sorted.

Both run `--runs` times in turn in this process on the same database file, after one reading of the table; the best
time of each counts. Prints one JSON object as its last line: rows, cells, seconds, bare_seconds, ratio, peak_mb (of
this process; the declarations are made in another), cpu_seconds, bare_cpu_seconds and cpu_ratio (the same by CPU
time, which other work on the machine disturbs less).
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from pathlib import Path

import duckdb
import pyarrow as pa

from publisher.aggregate.cells import aggregate
from publisher.catalogue.codelists import codelist
from publisher.catalogue.load import load_query
from publisher.catalogue.query import Query
from publisher.catalogue.where import to_sql
from publisher.model.declaration import BY_NAME
from publisher.model.structure import TableStructure
from publisher.synth.declarations import synthesise

PERIOD = "2024-01"
QUERY = Path(__file__).parents[2] / "queries" / "imports_by_commodity_origin.toml"

_LOAD = """
CREATE TABLE item AS SELECT
    * EXCLUDE (flow, importer, exporter), 'M' AS flow, coalesce(importer, exporter) AS importer,
    CAST(NULL AS VARCHAR) AS exporter, '2024-01' AS reference_period,
    CASE flow WHEN 'M' THEN origin ELSE consignment END AS partner
FROM read_parquet('{file}');
CREATE TABLE protection_request (trader VARCHAR, flow VARCHAR, commodity VARCHAR, valid_from DATE, valid_to DATE);
CREATE TABLE waiver AS FROM protection_request;
ALTER TABLE protection_request ADD COLUMN share DECIMAL(8, 6);
ALTER TABLE protection_request ADD COLUMN treatment VARCHAR;
CREATE TABLE cell_rule (query VARCHAR, period VARCHAR, codes VARCHAR, rule VARCHAR, amount DECIMAL(13, 6));
CREATE TABLE controlled_good (commodity VARCHAR, flow VARCHAR);
"""


@dataclass(frozen=True)
class Took:
    cells: int
    seconds: float
    cpu_seconds: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=20_000_000)
    parser.add_argument("--runs", type=int, default=2)
    parser.add_argument("--memory", default="6GB", help="DuckDB's memory_limit")
    given = parser.parse_args()
    query = load_query(QUERY)
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "bench.duckdb"
        maker = get_context("spawn").Process(target=_make, args=(database, given.rows))
        maker.start()
        maker.join()
        if maker.exitcode:
            raise SystemExit("the declarations could not be made")
        config = {"threads": 2, "memory_limit": given.memory, "temp_directory": folder}
        with duckdb.connect(str(database), config=config) as connection:
            connection.execute(f"CREATE TEMP VIEW declaration AS SELECT {', '.join(BY_NAME)} FROM item")
            connection.execute("SELECT " + ", ".join(f"max({c})" for c in _columns(query)) + " FROM item").fetchall()
            tell(_compare(connection, query, given.runs), given.rows)


def _make(database: Path, rows: int) -> None:
    """In a process of its own, so that its memory does not count."""
    file = database.with_suffix(".parquet")
    synthesise(file, rows=rows, seed=1, first_period=PERIOD, periods=1)
    with duckdb.connect(str(database), config={"threads": 2, "memory_limit": "4GB"}) as connection:
        connection.execute("SET enable_progress_bar = false")
        connection.execute(_LOAD.format(file=file))


def _columns(query: Query) -> list[str]:
    return [*query.structure.columns, "importer", "enterprise_group", "procedure", "statistical_value", "net_mass"]


def _compare(connection: duckdb.DuckDBPyConnection, query: Query, runs: int) -> tuple[Took, Took]:
    ours, bare = [], []
    _join_levels(connection, query.structure)
    for number in range(runs):
        bare.append(_timed(lambda: _bare(connection, query.structure)))
        snapshot = f"s{number:04}"  # a new one each time: the pseudonyms are made anew within the measured time
        ours.append(_timed(lambda snapshot=snapshot: aggregate(connection, query, PERIOD, snapshot).cells))
        print(f"bare {bare[-1]}, aggregate {ours[-1]}", file=sys.stderr)
    return min(ours, key=lambda took: took.seconds), min(bare, key=lambda took: took.seconds)


def _timed(run: Callable[[], pa.Table]) -> Took:
    started, before = time.perf_counter(), time.process_time()
    cells = len(run())
    return Took(cells, time.perf_counter() - started, time.process_time() - before)


def _join_levels(connection: duckdb.DuckDBPyConnection, structure: TableStructure) -> None:
    """Tables level_0, level_1, ...: code, and the node above it at each level."""
    for number, dimension in enumerate(structure.dimensions):
        tree, codes = dimension.hierarchy, codelist(dimension.hierarchy.codelist)
        rows = []
        for code in codes.at(tree.levels[-1]):
            above = [codes.ancestor(code.code, level) for level in tree.levels]
            rows.append([code.code, *(None if up is None else tree.node[up] for up in above)])
        columns = ["code VARCHAR", *(f"l{level} INTEGER" for level in range(len(tree.levels)))]
        connection.execute(f"CREATE TEMP TABLE level_{number} ({', '.join(columns)})")
        connection.executemany(f"INSERT INTO level_{number} VALUES ({', '.join('?' for _ in columns)})", rows)


def _bare(connection: duckdb.DuckDBPyConnection, structure: TableStructure) -> pa.Table:
    levels = [
        [f"level_{number}.l{level}" for level, name in enumerate(dimension.hierarchy.levels) if name != "total"]
        for number, dimension in enumerate(structure.dimensions)
    ]
    combined = product(*([*columns, None] for columns in levels))
    sets = ", ".join(f"({', '.join(filter(None, combination))})" for combination in combined)
    joins = " ".join(f"JOIN level_{n} ON level_{n}.code = {d.column}" for n, d in enumerate(structure.dimensions))
    sums = ", ".join(f"CAST(sum({measure.column}) AS BIGINT)" for measure in structure.measures)
    universe, values = to_sql(structure.universe)
    return connection.execute(
        f"SELECT {', '.join(c for columns in levels for c in columns)}, {sums}, count(*) FROM declaration {joins} "
        f"WHERE reference_period = ? AND {universe} GROUP BY GROUPING SETS ({sets})",
        [PERIOD, *values],
    ).to_arrow_table()


def tell(best: tuple[Took, Took], rows: int) -> None:
    ours, bare = best
    if ours.cells != bare.cells:
        raise SystemExit(f"aggregate has {ours.cells} cells, the bare query {bare.cells}")
    print(
        json.dumps(
            {
                "rows": rows,
                "cells": ours.cells,
                "seconds": round(ours.seconds, 2),
                "bare_seconds": round(bare.seconds, 2),
                "ratio": round(ours.seconds / bare.seconds, 2),
                "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
                "cpu_seconds": round(ours.cpu_seconds, 2),
                "bare_cpu_seconds": round(bare.cpu_seconds, 2),
                "cpu_ratio": round(ours.cpu_seconds / bare.cpu_seconds, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
