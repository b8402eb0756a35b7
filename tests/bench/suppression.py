"""How long cell suppression takes and what it hides: python -m tests.bench.suppression TABLE [options].

TABLE   scale    synthetic HS2-4-6-8 x 235 partners x 2 flows, 1,000,000 non-empty cells, --regions
        months   synthetic commodity x partner x month with quarters and year, 300,000 non-empty cells
        korea    the Korean sample of 2020, --level chapter|heading|subheading, --regions
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

import numpy as np
import pyarrow as pa
from scipy import sparse
from scipy.optimize import linprog

from publisher.suppression.assemble import assemble
from publisher.suppression.secondary import Pattern, suppress
from publisher.suppression.system import AdditiveSystem
from publisher.suppression.witness import unproven
from tests.bench.suppression_tables import demands

CELLS = {"scale": 1_000_000, "months": 300_000, "korea": 0}
WARM_CELLS = 2_000


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    began = time.perf_counter()
    tables = demands(options)
    made = time.perf_counter()
    _protect_small(options)
    compiled = time.perf_counter()
    report: dict[str, object] = {name: getattr(options, name) for name in ("table", "rules", "effort", "regions")}
    report |= {"generate_seconds": round(made - began, 2), "compile_seconds": round(compiled - made, 2)}
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
    report["lp_sample"] = options.sample
    report["under_protected"] = _under_protected(system, pattern, options.sample)
    print(json.dumps(report))


def _options(arguments: list[str]) -> Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", choices=list(CELLS))
    parser.add_argument("--cells", type=int, help="non-empty cells of all tables together, margins included")
    parser.add_argument("--rules", choices=["active", "passive"], default="active")
    parser.add_argument("--effort", choices=["fast", "thorough"], default="fast")
    parser.add_argument("--regions", action="store_true", help="a level between World and countries")
    parser.add_argument("--level", choices=["chapter", "heading", "subheading"], default="subheading")
    parser.add_argument("--no-insiders", dest="insiders", action="store_false")
    parser.add_argument("--sample", type=int, default=20, help="bounds that are checked by linear programs")
    parser.add_argument("--save", type=Path, help="folder to keep the tables in")
    parser.add_argument("--load", type=Path, help="folder to take the tables from")
    options = parser.parse_args(arguments)
    options.cells = options.cells or CELLS[options.table]
    return options


def _protect_small(options: Namespace) -> None:
    """Compiles what is compiled at first use."""
    small = {"table": "scale" if options.table == "korea" else options.table, "cells": WARM_CELLS}
    tables = demands(Namespace(**(vars(options) | small | {"save": None, "load": None})))
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


def _under_protected(system: AdditiveSystem, pattern: Pattern, sample: int) -> int:
    """How many of a random sample of bounds miss their level, by linear programs over all equations."""
    hidden = np.flatnonzero(pattern.suppressed)
    matrix = sparse.csr_matrix(
        (system.signs.astype(float), system.indices, system.indptr), shape=(system.equations, system.cells)
    )[:, hidden]
    matrix = matrix[np.diff(matrix.indptr) > 0]
    chosen = np.random.default_rng(1).choice(system.primaries, min(sample, len(system.primaries)), replace=False)
    right = matrix @ system.values[hidden].astype(float)
    missed = 0
    for turn, cell in enumerate(chosen.tolist()):
        sign = 1 if turn % 2 else -1
        aim = np.zeros(len(hidden))
        aim[np.searchsorted(hidden, cell)] = -sign
        solved = linprog(aim, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
        reach = -solved.fun if solved.status == 0 else np.inf
        level = system.upper_level[cell] if sign > 0 else system.lower_level[cell]
        missed += int(reach < sign * system.values[cell] + level - 1e-6 * max(1, system.values[cell]))
    return missed


if __name__ == "__main__":
    main(sys.argv[1:])
