"""Side by side with tau-ARGUS: the same primary cells, protection levels and costs, audited by the same programs.

Where not said otherwise a cell costs its value plus `--cost-each`, and contributors are taken for strangers:
tau-ARGUS is told only how many contributors a cell has, so its own care for singletons, a variant here, guards cells
of one contributor from each other within an equation. `seconds` is suppression alone: tau-ARGUS's reading and writing
are not counted.
"""

import json
import time
from argparse import Namespace
from dataclasses import dataclass, replace
from typing import get_args

import numpy as np

from publisher.model.confidential import ConfidentialTable
from publisher.suppression.assemble import Demand, assemble
from publisher.suppression.secondary import Effort, suppress
from publisher.suppression.system import LARGEST_COST, AdditiveSystem, Mask
from tests.bench.suppression_argus import run_argus
from tests.bench.suppression_tables import korea
from tests.lib.bounds import all_bounds, reached

MODULAR, SINGLETONS = "MOD(1)", "MOD(1,0,1,1,1)"
BEST: tuple[Effort, ...] = tuple(effort for effort in get_args(Effort) if effort not in ("fast", "thorough"))


@dataclass(frozen=True)
class Run:
    """One method on one table; counts are None where it gave no pattern."""

    method: str
    seconds: float
    primary: int | None = None
    secondary: int | None = None
    secondary_value: int | None = None
    under_protected: int | None = None
    bounds_missed: int | None = None
    audit_seconds: float | None = None
    failure: str | None = None


def compare(options: Namespace) -> dict[str, object]:
    """All methods on HS2 and HS4 x origin (or one of them), and the optimal one on pieces of HS2."""
    report: dict[str, object] = {"table": "peer"}
    for level in ("chapter", "heading") if options.level == "both" else (options.level,):
        (demand,) = korea(Namespace(level=level, rules="active", regions=False, chapters=None))
        runs = _modular_and_ours(demand, options)
        report[level] = _described(demand, runs)
    for chapters in options.pieces:
        (demand,) = korea(Namespace(level="chapter", rules="active", regions=False, chapters=chapters))
        report[f"chapters_1_{chapters}"] = _described(demand, _optimal_and_ours(demand, options))
    return report


def _modular_and_ours(demand: Demand, options: Namespace) -> list[Run]:
    table, plain, steep = demand[0], *_systems(demand, options.cost_each)
    return [
        _argus(table, plain, MODULAR, options),
        _argus(table, plain, SINGLETONS, options),
        _ours("fast", plain, effort="fast", insiders=False),
        _ours("thorough", plain, effort="thorough", insiders=False),
        _ours("fast, insiders", plain, effort="fast", insiders=True),
        _ours("fast, insiders, default costs", steep, effort="fast", insiders=True),
    ]


def _optimal_and_ours(demand: Demand, options: Namespace) -> list[Run]:
    table, plain, _ = demand[0], *_systems(demand, options.cost_each)
    minutes = max(1, int(options.time_limit // 60) - 1)
    return [
        _argus(table, plain, f"OPT(1,{minutes})", options),
        _argus(table, plain, MODULAR, options),
        _ours("fast", plain, effort="fast", insiders=False),
        _ours("thorough", plain, effort="thorough", insiders=False),
        *[_ours(name, plain, effort=name, insiders=False, time_limit_s=options.time_limit) for name in BEST],
    ]


def _systems(demand: Demand, cost_each: int) -> tuple[AdditiveSystem, AdditiveSystem]:
    """With value plus a constant as the cost of a cell, and with the costs of `protect`."""
    steep = assemble([demand]).system
    return replace(steep, costs=np.clip(steep.values + cost_each, 1, LARGEST_COST)), steep


def _argus(table: ConfidentialTable, system: AdditiveSystem, method: str, options: Namespace) -> Run:
    made = run_argus(table, system, method, options.time_limit)
    return _measured(f"tau-argus {method}", made.seconds, system, made.suppressed, made.failure)


def _ours(
    name: str, system: AdditiveSystem, *, effort: Effort, insiders: bool, time_limit_s: float | None = None
) -> Run:
    began = time.perf_counter()
    pattern = suppress(system, effort=effort, insiders=insiders, time_limit_s=time_limit_s)
    return _measured(f"ours {name}", time.perf_counter() - began, system, pattern.suppressed)


def _measured(
    method: str, seconds: float, system: AdditiveSystem, hidden: Mask | None, failure: str | None = None
) -> Run:
    """Audits a pattern, and prints what is known of the run: others may take long."""
    run = _counted(method, seconds, system, hidden, failure)
    print(json.dumps(vars(run)), flush=True)
    return run


def _counted(method: str, seconds: float, system: AdditiveSystem, hidden: Mask | None, failure: str | None) -> Run:
    if hidden is None:
        return Run(method, round(seconds, 3), failure=failure)
    secondary = hidden & (system.upper_level == 0)
    bounds = all_bounds(system)
    began = time.perf_counter()
    missed = reached(system, hidden, bounds).missed
    return Run(
        method,
        round(seconds, 3),
        int((hidden & (system.upper_level > 0)).sum()),
        int(secondary.sum()),
        int(system.values[secondary].sum()),
        len(np.unique(bounds.cell[missed])),
        int(missed.sum()),
        round(time.perf_counter() - began, 1),
    )


def _described(demand: Demand, runs: list[Run]) -> dict[str, object]:
    seconds = {run.method: run.seconds for run in runs}
    found: dict[str, object] = {
        "nonempty_cells": len(demand[0].cells),
        "times_faster_than_modular": round(seconds[f"tau-argus {MODULAR}"] / seconds["ours fast"], 1),
    }
    for run in runs:
        found[run.method] = {
            name: value for name, value in vars(run).items() if name != "method" and value is not None
        }
    return found
