"""How long a whole site takes: `python -m tests.bench.site --months 15 --tables 8 --rows 1000000 --processes 2`.

Invents `--rows` published rows, of all tables and months together: two tables of HS subheadings by country with all
their totals, the others of chapters by region; one cell in five is hidden. So nothing is aggregated or protected:
`build` begins with protected tables, and ends before the log (see tests.bench.publish). Then one more month comes, as
at each publication: `rebuild`. With `--declarations N` the tables are those of the shipped monthly plan, made of N
synthetic declarations; what that takes is told, and is no part of `build`.

Prints one JSON object as its last line: for each stage seconds, and seconds of processor of all its processes;
`build` and `rebuild` in all; files, bytes, pages, the largest memory of a process, and the load of the machine.

    declarations, ingest, aggregate, suppress, noise     with --declarations: all months, the later one too
    editions     write_edition() of every month: data, metadata, pages, shards, charts
    prepare      prepare_pages(): cumulative files, and a profile of every commodity and partner that occurs
    render       render_site(): all other pages
"""

import argparse
import json
import os
import resource
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from datetime import UTC
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from shutil import rmtree

from publisher.catalogue.plan import Plan
from publisher.model.protected import ProtectedTable
from publisher.publication.prepared_pages import prepare_pages
from publisher.publication.site import render_site
from publisher.release.index import place_in_series
from publisher.release.manifest import Manifest
from publisher.release.prepared import told_of
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office
from tests.bench.declared import declared_tables
from tests.bench.profiles import with_totals
from tests.bench.publication import invented_table
from tests.bench.stages import Stages
from tests.lib.protected_samples import COMMODITY, PLAN, REGION
from tests.lib.public_log import issued, log_of
from tests.lib.published_site import write_sample

FIRST_YEAR = 2020
FINE = 2  # tables of HS subheadings by country: imports and exports
CHAPTER_ROWS = 600  # of each other table and month


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--months", type=int, default=15)
    parser.add_argument("--tables", type=int, default=8)
    parser.add_argument("--rows", type=int, default=1_000_000, help="of all tables and months together")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--declarations", type=int, help="make the tables of so many, not of invented rows")
    asked = parser.parse_args()
    stages = Stages()
    with tempfile.TemporaryDirectory() as folder:
        if asked.declarations:
            work = Path(folder) / "workspace"
            plan, made = declared_tables(work, periods(asked.months + 1), asked.declarations, stages)
        else:
            plan, made = invented(asked.months + 1, asked.tables, asked.rows // asked.months)
        print(json.dumps(run(Path(folder) / "site", plan, made, asked.processes, stages)))


def run(
    folder: Path, plan: Plan, tables: Sequence[Sequence[ProtectedTable]], processes: int, stages: Stages
) -> dict[str, object]:
    """Writes the site of all months but the last, then that of all. `tables`: those of each month."""
    load, before = os.getloadavg()[0], list(stages.seconds)
    with stages.stage("editions"):
        manifests = write_editions(folder, plan, tables[:-1], processes)
    around(folder, plan, manifests, processes, stages, "")
    remove_pages(folder)
    with stages.stage("new_edition"):
        manifests += write_editions(folder, plan, tables[-1:], processes=1)
    around(folder, plan, manifests, processes, stages, "_again")
    return {
        "months": len(tables) - 1,
        "tables": len(plan.queries),
        "rows": sum(table.cells.num_rows for month in tables[:-1] for table in month),
        "languages": ["en"],
        "processes": processes,
        **stages.report(),
        "before": stages.total(*before),
        "build": stages.total("editions", "prepare", "render"),
        "rebuild": stages.total("new_edition", "prepare_again", "render_again"),
        **sizes(folder),
        "peak_mb": peak_mb(),
        "load": [round(load, 1), round(os.getloadavg()[0], 1)],
    }


def sizes(folder: Path) -> dict[str, object]:
    files = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    pages = {path: size for path, size in files.items() if path.suffix == ".html"}
    return {
        "files": len(files),
        "pages": len(pages),
        "profiles": sum(path.parent.name in ("commodities", "partners") for path in pages),
        "megabytes": round(sum(files.values()) / 1e6, 1),
        "largest_page": max(pages.values()),
    }


def peak_mb() -> int:
    """Of the largest process so far: this one, or one that ended."""
    both = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in both) // 1024


def periods(months: int) -> list[str]:
    return [f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}" for month in range(months)]


def invented(months: int, tables: int, rows: int) -> tuple[Plan, list[list[ProtectedTable]]]:
    """A plan, and its tables of each month with about `rows` rows, most of them in the first tables."""
    plan = replace(PLAN, queries=tuple(f"trade_{number:02d}" for number in range(1, tables + 1)))
    coarse = min(CHAPTER_ROWS, rows // tables)
    fine, others = (rows - coarse * (tables - FINE)) // FINE, plan.queries[FINE:]
    made = [with_totals(invented_table(fine), name) for name in plan.queries[:FINE]]
    made += [invented_table(coarse, name, COMMODITY, REGION) for name in others]
    return plan, [[replace(table, time_period=period) for table in made] for period in periods(months)]


def write_editions(
    folder: Path, plan: Plan, tables: Sequence[Sequence[ProtectedTable]], processes: int
) -> list[Manifest]:
    """One edition a month, in the order of months whichever process ends first."""
    write = partial(write_one, folder, plan)
    if processes == 1:
        return [write(month) for month in tables]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:  # forks of a process with threads can hang
        return list(pool.map(write, tables))


def write_one(folder: Path, plan: Plan, tables: Sequence[ProtectedTable]) -> Manifest:
    period = tables[0].time_period
    return write_sample(folder / "releases" / plan.id / period / "v1", period, 1, tables, plan=plan)


def around(
    folder: Path, plan: Plan, manifests: Sequence[Manifest], processes: int, stages: Stages, again: str
) -> None:
    """The pages around the editions, in the product's two steps."""
    editions = place_in_series(manifests)
    with stages.stage(f"prepare{again}"):
        prepare_pages(folder, folder, told_of(editions), Office(), processes=processes)
    with stages.stage(f"render{again}"):
        render_site(folder, editions, Office(), {plan.id: plan}, log(plan, manifests))


def remove_pages(folder: Path) -> None:
    """All but the editions: the product makes each site in a new folder."""
    for path in folder.iterdir():
        if path.name != "releases":
            rmtree(path) if path.is_dir() else path.unlink()


def log(plan: Plan, manifests: Sequence[Manifest]) -> tuple[Leaf, ...]:
    dates = [(plan.due(manifest.period), manifest.ref) for manifest in manifests]
    return log_of(*((due.astimezone(UTC).isoformat(), issued(ref, due=due)) for due, ref in dates))


if __name__ == "__main__":
    main()
