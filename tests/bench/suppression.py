"""How long cell suppression takes and what it hides: python -m tests.bench.suppression TABLE [options].

TABLE   scale    synthetic HS2-4-6-8 x 235 partners x 2 flows, 1,000,000 non-empty cells, --regions
        months   synthetic commodity x partner x month with quarters and year, 300,000 non-empty cells
        korea    the Korean sample of 2020, --level chapter|heading|subheading, --regions
        peer     the same, side by side with tau-ARGUS (extra `bench`), --level chapter|heading|both, --pieces,
                 --cost-each
Prints one JSON object as its last line. `seconds` is assembling the system and suppressing; compiling the inner
loops is done before on a small table of the same kind (`compile_seconds`), and making the tables is not counted.
"""

import argparse
import gc
import json
import sys
import time
from argparse import Namespace
from pathlib import Path
from typing import get_args

import pyarrow as pa

from publisher.suppression.assemble import assemble
from publisher.suppression.secondary import Effort, Pattern, suppress
from publisher.suppression.system import AdditiveSystem
from publisher.suppression.witness import unproven
from tests.bench.suppression_peer import compare
from tests.bench.suppression_tables import demands
from tests.lib.bounds import reached, some_bounds

CELLS = {"scale": 1_000_000, "months": 300_000, "korea": 0, "peer": 0}
WARM_CELLS = 2_000


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    began = time.perf_counter()
    _protect_small(options)
    report: dict[str, object] = {"compile_seconds": round(time.perf_counter() - began, 2)}
    print(json.dumps(report | (compare(options) if options.table == "peer" else _measure(options))))


def _measure(options: Namespace) -> dict[str, object]:
    """One table, suppressed once."""
    began = time.perf_counter()
    tables = demands(options)
    report: dict[str, object] = {name: getattr(options, name) for name in ("table", "rules", "effort", "regions")}
    report["generate_seconds"] = round(time.perf_counter() - began, 2)
    gc.collect()
    pa.default_memory_pool().release_unused()
    report["before_mb"] = _forget_peak()
    began = time.perf_counter()
    system = assemble(tables).system
    assembled = time.perf_counter()
    pattern = suppress(system, effort=options.effort, insiders=options.insiders)
    ended = time.perf_counter()
    report |= {
        "assemble_seconds": round(assembled - began, 2),
        "seconds": round(ended - began, 2),
        "peak_mb": _memory_mb("VmHWM"),
    }
    report |= _counts(system, pattern, options.insiders)
    return report | _sampled(system, pattern, options.sample)


def _options(arguments: list[str]) -> Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", choices=list(CELLS))
    parser.add_argument("--cells", type=int, help="non-empty cells of all tables together, margins included")
    parser.add_argument("--rules", choices=["active", "passive"], default="active")
    parser.add_argument("--effort", choices=get_args(Effort), default="fast")
    parser.add_argument("--regions", action="store_true", help="a level between World and countries")
    parser.add_argument("--level", choices=["chapter", "heading", "subheading", "both"])
    parser.add_argument("--chapters", type=int, help="korea: so many of the first chapters only")
    parser.add_argument(
        "--pieces", type=int, nargs="*", default=[], help="peer: also optimal, on first chapters only"
    )
    parser.add_argument("--cost-each", type=int, default=0, help="peer: what hiding a cell costs besides its value")
    parser.add_argument("--time-limit", type=float, default=600, help="peer: seconds for one run of tau-ARGUS")
    parser.add_argument("--no-insiders", dest="insiders", action="store_false")
    parser.add_argument("--sample", type=int, default=500, help="bounds that are checked by linear programs")
    parser.add_argument("--save", type=Path, help="folder to keep the tables in")
    parser.add_argument("--load", type=Path, help="folder to take the tables from")
    options = parser.parse_args(arguments)
    options.cells = options.cells or CELLS[options.table]
    options.level = options.level or ("both" if options.table == "peer" else "subheading")
    return options


def _protect_small(options: Namespace) -> None:
    """Compiles what is compiled at first use."""
    regions = options.regions or options.table == "months"  # cells with more than two equations, too
    small = {"table": "scale", "cells": WARM_CELLS, "regions": regions, "save": None, "load": None}
    tables = demands(Namespace(**(vars(options) | small)))
    suppress(assemble(tables).system, effort=options.effort, insiders=options.insiders)


def _forget_peak() -> int:
    """Makes the process's peak memory what it holds now, in MB."""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory_mb("VmRSS")


def _memory_mb(field: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(field)) // 1024


def _counts(system: AdditiveSystem, pattern: Pattern, insiders: bool) -> dict[str, object]:
    secondary = pattern.suppressed & (system.upper_level == 0)
    return {
        "nonempty_cells": system.cells,
        "primary": len(system.primaries),
        "secondary": int(secondary.sum()),
        "secondary_value": int(system.values[secondary].sum()),
        "by_program": pattern.by_program,
        "unwitnessed": len(unproven(system, pattern.suppressed, pattern.witnesses, insiders=insiders)),
    }


def _sampled(system: AdditiveSystem, pattern: Pattern, sample: int) -> dict[str, object]:
    """A random sample of bounds, by linear programs over all equations."""
    bounds = some_bounds(system, sample, seed=1)
    began = time.perf_counter()
    found = reached(system, pattern.suppressed, bounds)
    return {
        "lp_sample": len(bounds),
        "under_protected": int(found.missed.sum()),
        "lp_seconds": round(time.perf_counter() - began, 2),
        "lp_by_size": found.by_program.tolist(),
    }


if __name__ == "__main__":
    main(sys.argv[1:])
