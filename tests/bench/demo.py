"""python -m tests.bench.demo [--rows N]: the demo as a user runs it, from nothing to a published site.

Prints one JSON object: seconds (wall), cpu_seconds, peak_mb (largest process), rows, editions, site_mb.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def run(rows: int) -> dict[str, float | int]:
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "demo"
        command = [sys.executable, "-m", "publisher", "demo", str(place), "--no-serve", "--json", "--rows", str(rows)]
        begun = time.monotonic()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        seconds = time.monotonic() - begun
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        site = place / "releases" / "site"
        return {
            "seconds": round(seconds, 1),
            "cpu_seconds": round(used.ru_utime + used.ru_stime, 1),
            "peak_mb": used.ru_maxrss // 1024,
            "rows": rows,
            "editions": len(json.loads((site / "editions.json").read_text())["editions"]),
            "site_mb": round(sum(p.stat().st_size for p in site.resolve().rglob("*") if p.is_file()) / 1e6, 1),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    print(json.dumps(run(parser.parse_args().rows)))


if __name__ == "__main__":
    main()
