"""How long the pages take that join periods: `python -m tests.bench.profiles --months 15 --rows 30000 --processes 2`.

Writes invented editions, then prepares cumulative files and profiles of all commodities and partners that occur.
Prints one JSON object as its last line: pages, rows, seconds by stage, peak_mb of the first process, bytes.
"""

import argparse
import json
import resource
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa

from publisher.model.protected import ProtectedTable
from publisher.publication.cells import SiteCells
from publisher.publication.cells.cumulative import write_cumulative
from publisher.publication.profile.files import profiles_of, write_profiles
from publisher.publication.site.prepared_pages import code_version
from publisher.release.publish.index import PublishedEdition
from publisher.settings import Office
from tests.bench.publication import invented_table, total_bytes
from tests.lib.site_samples import months


def with_totals(table: ProtectedTable, name: str) -> ProtectedTable:
    """The same with a row for each commodity in total and each partner in total: what profiles are about."""
    goods, places = (len(dimension.hierarchy.codes) for dimension in table.structure.dimensions)
    margins = [*((good, 0) for good in range(goods)), *((0, place) for place in range(1, places))]
    value = np.random.default_rng(2).lognormal(20, 2, len(margins)).astype(np.int64)
    none = pa.nulls(len(margins), pa.int64())
    inner = table.cells.filter(np.asarray(table.cells["commodity"]) * np.asarray(table.cells["partner"]) > 0)
    added = pa.table(
        {
            "commodity": pa.array([good for good, _ in margins], pa.int32()),
            "partner": pa.array([place for _, place in margins], pa.int32()),
            "statistical_value": pa.array(value),
            "net_mass": pa.array(value // 7),
            **{column: none for column in inner.column_names if column.endswith(("_lower", "_upper"))},
            "obs_status": pa.array(["A"] * len(margins)),
            "conf_status": pa.array(["F"] * len(margins)),
        }
    )
    structure = replace(table.structure, id=name, title=f"{name.capitalize()} by commodity and partner")
    return replace(table, structure=structure, cells=pa.concat_tables([inner, added]))


def written(site: Path, periods: int, rows: int) -> tuple[PublishedEdition, ...]:
    tables = [with_totals(invented_table(rows), name) for name in ("imports", "exports")]
    names = [f"{2020 + month // 12}-{month % 12 + 1:02d}" for month in range(periods)]
    return months(site, {name: tuple(replace(table, time_period=name) for table in tables) for name in names})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=15)
    parser.add_argument("--rows", type=int, default=30_000, help="a table and month, before totals")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        site, target = Path(folder) / "site", Path(folder) / "to"
        target.mkdir()
        editions, started = written(site, given.months, given.rows), time.perf_counter()

        def took(stage: str) -> None:
            nonlocal started
            seconds[stage], started = round(time.perf_counter() - started, 2), time.perf_counter()

        code_version()
        took("code version")
        cells = SiteCells.read(site, editions)
        took("read")
        write_cumulative(target, cells, editions)
        took("cumulative")
        write_profiles(site, target, cells, editions, Office(), processes=given.processes)
        took("profiles")
        report = {
            "pages": len(profiles_of(target, cells, Office())[0].pages()),
            "rows": sum(table.rows for table in cells.tables),
            "processes": given.processes,
            "seconds": seconds,
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "page_bytes": total_bytes(target, ".html"),
            "largest_page": max(path.stat().st_size for path in target.rglob("*.html")),
            "parquet_bytes": total_bytes(target, ".parquet"),
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
