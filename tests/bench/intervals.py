"""How long the printed ranges take and how many are exact: python -m tests.bench.intervals TABLE [options].

TABLE   korea    the Korean sample of 2020, --level, --regions, hidden as cell suppression hides it
        scale    synthetic tariff x partners, two flows, --cells non-empty cells, hidden likewise
        months   the same in three dimensions
        matrix   a plain matrix of lognormal numbers, of which --hidden random ones are hidden: no pair moves together
        cube     three trees (groups of eight, none, groups of four), --hidden cells at random
--sample ends are solved again by scipy, over all equations. Prints one JSON object as its last line.
"""

import argparse
import json
import resource
import sys
import time

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from publisher.suppression.assemble import assemble
from publisher.suppression.implied import EXACT_UP_TO, Intervals, implied_intervals
from publisher.suppression.secondary import suppress
from publisher.suppression.system import UNBOUNDED, AdditiveSystem, Mask
from tests.bench.suppression_tables import demands
from tests.lib.systems import additive_system

# size of groups by dimension, share of leaves that are not empty, hidden cells for one of those
DRAWN = {"matrix": ((0, 0), 0.5, 0.6), "cube": ((8, 0, 4), 0.3, 1.2)}


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    system, hidden = _drawn(options) if options.table in DRAWN else _protected(options)
    began = time.process_time()
    quick = implied_intervals(system, hidden, exact_up_to=0)
    middle = time.process_time()
    found = implied_intervals(system, hidden, exact_up_to=options.exact_up_to)
    ended = time.process_time()
    narrower = (found.lower > quick.lower) | (found.upper < quick.upper)
    report = {
        "table": options.table,
        "cells": system.cells,
        "hidden_cells": int(hidden.sum()),
        "quick_seconds": round(middle - began, 2),
        "seconds": round(ended - middle, 2),
        "exact_share": round(float(found.exact[hidden].mean()), 6),
        "narrower_than_quick_share": round(float(narrower[hidden].mean()), 4),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "true_value_outside": int(((system.values < found.lower) | (system.values > found.upper)).sum()),
        "sample": options.sample,
        "sample_off": _off(system, hidden, found, options.sample),
    }
    print(json.dumps(report))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.intervals", description=__doc__)
    parser.add_argument("table", choices=["korea", "scale", "months", *DRAWN])
    parser.add_argument("--hidden", type=int, default=20_000, help="hidden cells of matrix and cube")
    parser.add_argument("--cells", type=int, default=25_000, help="non-empty cells of scale and months")
    parser.add_argument("--level", choices=["chapter", "heading", "subheading"], default="heading")
    parser.add_argument("--regions", action="store_true")
    parser.add_argument("--rules", choices=["active", "passive"], default="active")
    parser.add_argument("--exact-up-to", type=int, default=EXACT_UP_TO)
    parser.add_argument("--sample", type=int, default=40, help="ends that are solved again")
    parser.set_defaults(chapters=None, load=None, save=None)
    return parser.parse_args(arguments)


def _protected(options: argparse.Namespace) -> tuple[AdditiveSystem, Mask]:
    system = assemble(demands(options)).system
    return system, suppress(system).suppressed


def _drawn(options: argparse.Namespace) -> tuple[AdditiveSystem, Mask]:
    """Lognormal leaves; leaves are hidden with the same chance, margins with a third of it."""
    groups, full, share = DRAWN[options.table]
    side = (options.hidden / share / full) ** (1 / len(groups))
    random = np.random.default_rng(1)
    trees = [_tree(round(side), size) for size in groups]
    leaves = [np.flatnonzero([not below for below in tree]) for tree in trees]
    values = np.zeros([len(tree) for tree in trees], dtype=np.int64)
    shape = [len(each) for each in leaves]
    values[np.ix_(*leaves)] = np.ceil(random.lognormal(9, 2.2, shape)) * (random.random(shape) < full)
    for axis, tree in enumerate(trees):
        along = np.moveaxis(values, axis, 0)
        for node in reversed(range(len(tree))):
            if tree[node]:
                along[node] = along[tree[node]].sum(axis=0)
    system = additive_system(_equations(values, trees), values[values > 0])
    leaf = np.zeros(values.shape, dtype=np.bool_)
    leaf[np.ix_(*leaves)] = True
    turn = random.random(system.cells) * np.where(leaf[values > 0], 1, 3)
    return system, turn <= np.sort(turn)[min(options.hidden, system.cells) - 1]


def _tree(leaves: int, size: int) -> list[list[int]]:
    """Node -> nodes below it; 0 is the total, then groups of `size` (none where it is 0), then the leaves."""
    groups = -(-leaves // size) if size else 0
    tree: list[list[int]] = [[] for _ in range(1 + groups + leaves)]
    for leaf in range(leaves):
        tree[1 + leaf // size if size else 0].append(1 + groups + leaf)
    tree[0] += range(1, 1 + groups)
    return tree


def _equations(values: np.ndarray, trees: list[list[list[int]]]) -> list[tuple[int, list[int]]]:
    number = np.where(values > 0, np.cumsum(values > 0).reshape(values.shape) - 1, -1)
    found = []
    for axis, tree in enumerate(trees):
        along = np.moveaxis(number, axis, 0).reshape(len(tree), -1)
        for node, below in enumerate(tree):
            for line in np.flatnonzero(along[node] >= 0).tolist() if below else ():
                parts = along[below, line]
                found.append((int(along[node, line]), parts[parts >= 0].tolist()))
    return found


def _off(system: AdditiveSystem, hidden: Mask, found: Intervals, sample: int) -> int:
    """How many of a sample of exact ends differ from scipy's by more than a unit and a billionth of all."""
    unknown = np.flatnonzero(hidden)
    shape = (system.equations, system.cells)
    matrix = sparse.csr_matrix((system.signs.astype(float), system.indices, system.indptr), shape=shape)
    right = -matrix[:, ~hidden] @ system.values[~hidden]
    scale = max(1.0, np.abs(right).max(initial=0)) / 1e6
    off = 0
    drawn = np.random.default_rng(2).permutation(np.flatnonzero(found.exact[unknown]))[:sample]
    for turn, place in enumerate(drawn.tolist()):
        sign = 1 if turn % 2 else -1
        aim = np.zeros(len(unknown))
        aim[place] = -sign
        solved = linprog(aim, A_eq=matrix[:, unknown], b_eq=right / scale, bounds=(0, None), method="highs")
        ours = int((found.upper if sign > 0 else found.lower)[unknown[place]])
        reach = -solved.fun * sign * scale if solved.status == 0 else float(UNBOUNDED)
        off += abs(reach - ours) > 1 + 1e-3 * scale
    return int(off)


if __name__ == "__main__":
    main(sys.argv[1:])
