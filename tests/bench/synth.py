"""How long synthetic declarations take: python -m tests.bench.synth --rows 10000000

Prints one JSON object as its last line: rows, seconds, rows_per_second, peak_mb (of the process), file_mb.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from publisher.synth.declarations import synthesise


def _show(stage: str, done: int, total: int) -> None:
    print(f"{stage} {done:,} of {total:,}", file=sys.stderr)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "declarations.parquet"
        started = time.perf_counter()
        synthesise(path, rows=given.rows, seed=given.seed, progress=_show)
        seconds = time.perf_counter() - started
        file_mb = path.stat().st_size / 1e6
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        json.dumps(
            {
                "rows": given.rows,
                "seconds": round(seconds, 2),
                "rows_per_second": round(given.rows / seconds),
                "peak_mb": round(peak_mb),
                "file_mb": round(file_mb),
            }
        )
    )


if __name__ == "__main__":
    main()
