"""How long ingest takes: python -m tests.bench.ingest --rows 5000000 [--csv]

Prints one JSON object as its last line: rows, kind, seconds (ingest alone), cpu_seconds, rows_per_second, peak_mb
(of the process, synthesis not included), store_mb, rows_kept, rows_quarantined, rows_superseded, flagged, and
digest_seconds (data_digest of one month).
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from publisher.settings import Settings, Workspace
from publisher.store.connection import create_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.store.snapshot import data_digest, take_snapshot

_SYNTHESISE = """
import sys
from pathlib import Path
from publisher.synth.declarations import synthesise
synthesise(Path(sys.argv[1]), rows=int(sys.argv[2]), seed=1)
"""


def _show(stage: str, done: int, total: int) -> None:
    if stage != "read" or done in (0, total):
        print(f"{stage} {done:,} of {total:,} at {time.process_time():.1f} s of processor", file=sys.stderr)


def _source(folder: Path, rows: int, csv: bool) -> Path:
    """Synthesised in a process of its own, so that peak memory is that of ingest."""
    path = folder / "declarations.parquet"
    subprocess.run([sys.executable, "-c", _SYNTHESISE, str(path), str(rows)], check=True)
    if not csv:
        return path
    duckdb.execute(f"COPY (FROM '{path}') TO '{path.with_suffix('.csv')}' (HEADER)")
    return path.with_suffix(".csv")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000_000)
    parser.add_argument("--csv", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = _source(Path(folder), given.rows, given.csv)
        workspace = Workspace(Path(folder) / "workspace")
        with create_store(workspace, "a passphrase for a benchmark", Settings()) as store:
            started, processor = time.perf_counter(), time.process_time()
            report = ingest(store, [path], load_profile("native"), who="bench", progress=_show)
            seconds, processor = time.perf_counter() - started, time.process_time() - processor
            peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            batch = report.batches[0].batch
            started = time.perf_counter()
            data_digest(store, take_snapshot(store), batch.last_period or "")
            digest_seconds = time.perf_counter() - started
        store_mb = (workspace.private / "store-1.duckdb").stat().st_size / 1e6
    print(
        json.dumps(
            {
                "rows": given.rows,
                "kind": path.suffix[1:],
                "seconds": round(seconds, 2),
                "cpu_seconds": round(processor, 2),
                "rows_per_second": round(given.rows / seconds),
                "peak_mb": round(peak_mb),
                "store_mb": round(store_mb),
                "rows_kept": batch.rows_kept,
                "rows_quarantined": batch.rows_quarantined,
                "rows_superseded": batch.rows_superseded,
                "flagged": report.batches[0].flagged,
                "digest_seconds": round(digest_seconds, 2),
            }
        )
    )


if __name__ == "__main__":
    main()
