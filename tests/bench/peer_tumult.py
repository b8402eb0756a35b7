"""Run by a Python that has tmlt.analytics, with Java 11 or 17: PAIRS RHO BOUND RUNS. Last line: one JSON object for
privacy_peers.py. Ways: at most BOUND rows of an importer; at most BOUND cells of one row each."""

import json
import os
import sys
import time
from importlib.metadata import version
from typing import Any

os.environ["PYSPARK_PYTHON"] = sys.executable  # else Spark's workers are another Python, without tmlt
START = time.perf_counter()

import pandas as pd  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402
from tmlt.analytics import (  # noqa: E402
    AddRowsWithID,
    KeySet,
    MaxGroupsPerID,
    MaxRowsPerGroupPerID,
    MaxRowsPerID,
    QueryBuilder,
    RhoZCDPBudget,
    Session,
)

SEPARATOR = "|"


def main(pairs: str, rho: float, bound: int, runs: int) -> dict[str, Any]:
    spark = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    started = time.perf_counter() - START
    rows = QueryBuilder("pairs").enforce(MaxRowsPerID(bound))
    cells = QueryBuilder("pairs").enforce(MaxGroupsPerID("cell", bound)).enforce(MaxRowsPerGroupPerID("cell", 1))
    ways = []
    for name, query in ((f"MaxRowsPerID({bound})", rows), (f"MaxGroupsPerID({bound}) x 1 row", cells)):
        tables, seconds = [], []
        for _ in range(runs):
            begun = time.perf_counter()
            tables.append(_released(spark, pairs, rho, query))
            seconds.append(time.perf_counter() - begun)
        ways.append({"bound": name, "tables": tables, "seconds": seconds})
    return {"version": version("tmlt.analytics"), "start_seconds": started, "ways": ways}


def _released(spark: SparkSession, pairs: str, rho: float, query: QueryBuilder) -> list[list[Any]]:
    frame = pd.read_csv(pairs, dtype=str, keep_default_na=False)
    chapters, origins = (sorted(frame[name].unique()) for name in ("commodity", "partner"))
    frame["cell"] = frame["commodity"] + SEPARATOR + frame["partner"]
    session = Session.from_dataframe(
        privacy_budget=RhoZCDPBudget(rho),
        source_id="pairs",
        dataframe=spark.createDataFrame(frame[["importer", "cell"]]),
        protected_change=AddRowsWithID("importer"),
    )
    keys = KeySet.from_dict({"cell": [c + SEPARATOR + o for c in chapters for o in origins]})
    table = session.evaluate(query.groupby(keys).count(name="n"), RhoZCDPBudget(rho)).toPandas()
    return [[*cell.split(SEPARATOR), int(n)] for cell, n in zip(table["cell"], table["n"], strict=True)]


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(main(given[0], float(given[1]), int(given[2]), int(given[3]))))
