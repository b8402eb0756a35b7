"""How long a whole site takes: `python -m tests.bench.site --months 15 --tables 8 --rows 1000000 --processes 2`.

`--rows` is the number of published rows of all tables and months together, invented, one in five hidden. Editions
are written by `--processes` processes, the pages around them as the product does it. Then one more month comes, as at
each publication. Prints one JSON object as its last line: seconds by stage, `build` and `rebuild` in all, files,
bytes, and the largest memory of a process.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.model.protected import ProtectedTable
from publisher.publication import write_site
from publisher.release.index import place_in_series
from publisher.release.manifest import Manifest
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office
from tests.bench.publication import invented_table
from tests.lib.protected_samples import PLAN
from tests.lib.public_log import issued, log_of
from tests.lib.published_site import write_sample

FIRST_YEAR = 2020


@dataclass
class Stages:
    """Seconds by stage, told on stderr as each ends."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 2)
        print(f"{name:<14} {self.seconds[name]:8.2f} s", file=sys.stderr, flush=True)

    def total(self, *names: str) -> float:
        return round(sum(self.seconds[name] for name in names), 2)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--months", type=int, default=15)
    parser.add_argument("--tables", type=int, default=8)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of all tables and months together")
    parser.add_argument("--processes", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(run(Path(folder), asked.months, asked.tables, asked.rows, asked.processes)))


def run(folder: Path, months: int, tables: int, rows: int, processes: int) -> dict[str, object]:
    """Writes the site of `months`, then that of one month more."""
    stages = Stages()
    made = [invented_table(rows // (months * tables), query=name) for name in queries(tables)]
    plan = replace(PLAN, queries=queries(tables))
    with stages.stage("editions"):
        manifests = write_editions(folder, plan, made, range(months), processes)
    with stages.stage("site"):
        around(folder, plan, manifests)
    with stages.stage("new_edition"):
        manifests += write_editions(folder, plan, made, [months], processes=1)
    with stages.stage("site_again"):
        around(folder, plan, manifests)
    files = [path.stat().st_size for path in folder.rglob("*") if path.is_file()]
    return {
        "months": months,
        "tables": tables,
        "rows": sum(table.cells.num_rows for table in made) * months,
        "processes": processes,
        "seconds": stages.seconds,
        "build": stages.total("editions", "site"),
        "rebuild": stages.total("new_edition", "site_again"),
        "files": len(files),
        "megabytes": round(sum(files) / 1e6, 1),
        "peak_mb": max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        // 1024,
    }


def queries(count: int) -> tuple[str, ...]:
    return tuple(f"imports_{number:02d}" for number in range(1, count + 1))


def write_editions(
    folder: Path, plan: Plan, tables: Sequence[ProtectedTable], months: Sequence[int], processes: int
) -> list[Manifest]:
    """One edition a month, in the order of months whichever process ends first."""
    periods = [f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}" for month in months]
    write = partial(write_one, folder, plan, tables)
    if processes == 1:
        return [write(period) for period in periods]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:  # forks of a process with threads can hang
        return list(pool.map(write, periods))


def write_one(folder: Path, plan: Plan, tables: Sequence[ProtectedTable], period: str) -> Manifest:
    dated = [replace(table, time_period=period) for table in tables]
    return write_sample(folder / "releases" / plan.id / period / "v1", period, 1, dated, plan=plan)


def around(folder: Path, plan: Plan, manifests: Sequence[Manifest]) -> None:
    editions = place_in_series(manifests)
    write_site(folder, editions, Office(), {plan.id: plan}, log(plan, manifests))


def log(plan: Plan, manifests: Sequence[Manifest]) -> tuple[Leaf, ...]:
    dates = [(plan.due(manifest.period), manifest.ref) for manifest in manifests]
    return log_of(*((due.astimezone(UTC).isoformat(), issued(ref, due=due)) for due, ref in dates))


if __name__ == "__main__":
    main()
