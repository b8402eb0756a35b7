"""How long one edition takes to write: `python -m tests.bench.publication --rows 30000`.

Prints one JSON object as its last line: rows, seconds, rows_per_second, peak_mb, bytes of pages and of data.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa

from publisher.catalogue.codelists import codelist
from publisher.model.protected import ProtectedTable
from publisher.model.structure import Dimension
from publisher.publication import write_edition
from publisher.settings import Office
from tests.lib.protected_samples import MASS, ORIGIN, PERIOD, PLAN, VALUE, structure

SUBHEADINGS = Dimension("commodity", "Commodity", codelist("HS").hierarchy(codelist("HS").levels))


def invented_table(
    rows: int, query: str = "imports_by_commodity_origin", goods: Dimension = SUBHEADINGS, origin: Dimension = ORIGIN
) -> ProtectedTable:
    """HS to subheadings by country, or other dimensions: `rows` distinct cells, one in five hidden."""
    rng = np.random.default_rng(1)
    places = len(origin.hierarchy.codes)
    cell = np.sort(rng.choice(len(goods.hierarchy.codes) * places, rows, replace=False))
    hidden, value = rng.random(rows) < 0.2, rng.lognormal(17, 2, rows).astype(np.int64)
    ceiling = pa.array(value * 3, mask=~hidden)
    floor = pa.array(np.zeros(rows, np.int64), mask=~hidden)
    cells = pa.table(
        {
            "commodity": pa.array((cell // places).astype(np.int32)),
            "partner": pa.array((cell % places).astype(np.int32)),
            "statistical_value": pa.array(value, mask=hidden),
            "net_mass": pa.array(value // 7, mask=hidden),
            "statistical_value_lower": floor,
            "statistical_value_upper": ceiling,
            "net_mass_lower": floor,
            "net_mass_upper": ceiling,
            "obs_status": pa.array(np.where(hidden, "Q", "A")),
            "conf_status": pa.array(np.where(hidden, "C", "F")),
        }
    )
    table = structure(query, "Imports by commodity and origin", (goods, origin), (VALUE, MASS))
    return ProtectedTable(table, PERIOD, "s0001", "suppression", cells)


def total_bytes(folder: Path, *suffixes: str) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.suffix in suffixes)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=30_000)
    rows = parser.parse_args().rows
    table = invented_table(rows)
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        write_edition(Path(folder), PLAN, PERIOD, 1, (table,), Office())
        seconds = time.perf_counter() - started
        report = {
            "rows": rows,
            "seconds": round(seconds, 3),
            "rows_per_second": round(rows / seconds),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            "page_bytes": total_bytes(Path(folder), ".html"),
            "shard_bytes": total_bytes(Path(folder) / "tables", ".js"),
            "csv_bytes": total_bytes(Path(folder) / "data", ".csv"),
            "parquet_bytes": total_bytes(Path(folder) / "data", ".parquet"),
        }
    print(json.dumps(report))


if __name__ == "__main__":
    main()
