"""How long a whole site takes: `python -m tests.bench.site --months 15 --tables 8 --rows 1000000 --processes 2`.

Invents `--rows` published rows, of all tables and months together: two tables of HS subheadings by country with all
their totals, the others of chapters by region; one cell in five is hidden. So nothing is aggregated or protected:
`build` begins with protected tables, and ends before the log (see tests.bench.publish). Then one more month comes, as
at each publication: `rebuild`. With `--declarations N` the tables are those of the shipped monthly plan for a month
of N synthetic declarations, the same in every month; what making them took is told, and is no part of `build`.

Prints one JSON object as its last line: for each stage seconds, and seconds of processor of all its processes;
`build` and `rebuild` in all; files, bytes, pages, the largest memory of a process, and the load of the machine.

    declarations, ingest, aggregate, suppress, noise     with --declarations: of one month
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
from publisher.model.structure import Dimension
from publisher.publication.site.prepared_pages import prepare_pages
from publisher.publication.site.write import render_site
from publisher.publication.words import ENGLISH, Words, words_for
from publisher.release.edition.manifest import Manifest
from publisher.release.publish.index import place_in_series
from publisher.release.publish.prepared import told_of
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office
from tests.bench.declared import declared_tables
from tests.bench.profiles import with_totals
from tests.bench.publication import SUBHEADINGS, invented_table
from tests.bench.stages import Stages
from tests.lib.protected_samples import COMMODITY, ORIGIN, PLAN, REGION
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
    parser.add_argument("--languages", nargs="+", default=["en", "fr"])
    parser.add_argument("--declarations", type=int, help="of a month; makes the tables of them")
    asked = parser.parse_args()
    stages = Stages()
    with tempfile.TemporaryDirectory() as folder:
        if asked.declarations:
            made = declared_tables(Path(folder) / "workspace", f"{FIRST_YEAR}-01", asked.declarations, stages)
        else:
            made = invented(asked.tables, asked.rows // asked.months)
        speech = tuple(words_for(language) for language in asked.languages)
        print(json.dumps(run(Path(folder) / "site", *made, asked.months, asked.processes, stages, speech)))


def run(
    folder: Path,
    plan: Plan,
    tables: Sequence[ProtectedTable],
    months: int,
    processes: int,
    stages: Stages,
    languages: Sequence[Words] = (ENGLISH,),
) -> dict[str, object]:
    """Writes the site of `months`, then that of one more; every month has these tables."""
    load, before = os.getloadavg()[0], list(stages.seconds)
    with stages.stage("editions"):
        manifests = write_editions(folder, plan, tables, range(months), processes, languages)
    around(folder, plan, manifests, processes, stages, "", languages)
    remove_pages(folder)
    with stages.stage("new_edition"):
        manifests += write_editions(folder, plan, tables, [months], 1, languages)
    around(folder, plan, manifests, processes, stages, "_again", languages)
    return {
        "months": months,
        "tables": len(plan.queries),
        "rows": sum(table.cells.num_rows for table in tables) * months,
        "languages": [words.language for words in languages],
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


def invented(
    tables: int, rows: int, goods: Dimension = SUBHEADINGS, origin: Dimension = ORIGIN
) -> tuple[Plan, list[ProtectedTable]]:
    """A plan, and its tables of a month with about `rows` rows, most of them in the first tables, which are of these
    dimensions."""
    plan = replace(PLAN, queries=tuple(f"trade_{number:02d}" for number in range(1, tables + 1)))
    coarse = min(CHAPTER_ROWS, rows // tables)
    fine, others = (rows - coarse * (tables - FINE)) // FINE, plan.queries[FINE:]
    made = [with_totals(invented_table(fine, goods=goods, origin=origin), name) for name in plan.queries[:FINE]]
    return plan, made + [invented_table(coarse, name, COMMODITY, REGION) for name in others]


def write_editions(
    folder: Path,
    plan: Plan,
    tables: Sequence[ProtectedTable],
    months: Sequence[int],
    processes: int,
    languages: Sequence[Words] = (ENGLISH,),
) -> list[Manifest]:
    """One edition a month, in the order of months whichever process ends first."""
    periods = [f"{FIRST_YEAR + month // 12}-{month % 12 + 1:02d}" for month in months]
    write = partial(write_one, folder, plan, tables, [words.language for words in languages])
    if processes == 1:
        return [write(period) for period in periods]
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:  # forks of a process with threads can hang
        return list(pool.map(write, periods))


def write_one(
    folder: Path, plan: Plan, tables: Sequence[ProtectedTable], languages: Sequence[str], period: str
) -> Manifest:
    dated = [replace(table, time_period=period) for table in tables]
    public, speech = folder / "releases" / plan.id / period / "v1", [words_for(name) for name in languages]
    return write_sample(public, period, 1, dated, speech, plan=plan)


def around(
    folder: Path,
    plan: Plan,
    manifests: Sequence[Manifest],
    processes: int,
    stages: Stages,
    again: str,
    languages: Sequence[Words],
) -> None:
    """The pages around the editions, in the product's two steps."""
    editions, leaves = place_in_series(manifests), log(plan, manifests)
    with stages.stage(f"prepare{again}"):
        prepare_pages(folder, folder, told_of(editions), Office(), languages=languages, processes=processes)
    with stages.stage(f"render{again}"):
        render_site(folder, editions, Office(), {plan.id: plan}, leaves, languages=languages)


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
