"""Run by a Python that has opendp[polars]: PAIRS RHO BOUND RUNS. Last line: one JSON object for privacy_peers.py."""

import json
import sys
import time
from importlib.metadata import version
from typing import Any

START = time.perf_counter()

import opendp.prelude as dp  # noqa: E402
import polars as pl  # noqa: E402

dp.enable_features("contrib")


def main(pairs: str, rho: float, bound: int, runs: int) -> dict[str, Any]:
    started = time.perf_counter() - START
    tables, seconds = [], []
    for _ in range(runs):
        begun = time.perf_counter()
        tables.append(_released(pairs, rho, bound))
        seconds.append(time.perf_counter() - begun)
    way = {"bound": f"truncate_per_group({bound})", "tables": tables, "seconds": seconds}
    return {"version": version("opendp"), "start_seconds": started, "ways": [way]}


def _released(pairs: str, rho: float, bound: int) -> list[list[Any]]:
    frame = pl.read_csv(pairs, infer_schema=False)
    chapters, origins = (sorted(frame[name].unique()) for name in ("commodity", "partner"))
    keys = pl.LazyFrame(
        {"commodity": [c for c in chapters for _ in origins], "partner": [o for _ in chapters for o in origins]}
    )
    context = dp.Context.compositor(
        data=frame.lazy(),
        privacy_unit=dp.unit_of(contributions=1, identifier=pl.col("importer")),
        privacy_loss=dp.loss_of(rho=rho),
        split_evenly_over=1,
    )
    asked = context.query().truncate_per_group(bound).group_by("commodity", "partner")
    table = asked.agg(dp.len().alias("n")).with_keys(keys).release().collect()
    return [
        [c, o, int(n)] for c, o, n in table.select("commodity", "partner", pl.col("n").cast(pl.Int64)).iter_rows()
    ]


if __name__ == "__main__":
    given = sys.argv[1:]
    print(json.dumps(main(given[0], float(given[1]), int(given[2]), int(given[3]))))
