"""How long cell suppression takes and what it hides: python -m tests.bench.suppression TABLE [options].

TABLE   scale    synthetic HS2-4-6-8 x 235 partners x 2 flows, 1,000,000 non-empty cells
        months   commodity x partner x month with quarters and year
        korea    the Korean sample of 2020, --level heading|subheading, --regions
Prints one JSON object as its last line.
"""

import argparse
import json
import os
import resource
import sys
import time
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from publisher.catalogue.codelists import codelist
from publisher.model.codelist import TOTAL, Code, Codelist
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Dimension, Measure, TableStructure
from publisher.suppression.assemble import Assembly, assemble
from publisher.suppression.secondary import Pattern, suppress
from publisher.suppression.system import AdditiveSystem
from publisher.suppression.witness import unproven
from tests.lib.cells import confidential_table

VALUE = Measure("statistical_value", "Value", "sum", "KRW", column="statistical_value")
ACTIVE = SuppressionRules("active", 3, p_percent=Fraction(10))
PASSIVE = SuppressionRules("passive", 0, request_share_percent=Fraction(70))


def main(arguments: list[str]) -> None:
    options = _options(arguments)
    demands = {"scale": _scale, "months": _months, "korea": _korea}[options.table](options)
    began = time.perf_counter()
    assembly = assemble(demands)
    assembled = time.perf_counter()
    pattern = suppress(assembly.system, effort=options.effort)
    ended = time.perf_counter()
    report = _counts(assembly, pattern) | {
        "table": options.table,
        "rules": options.rules,
        "assemble_seconds": round(assembled - began, 2),
        "seconds": round(ended - began, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }
    report["lp_sample"] = options.sample
    report["under_protected"] = _under_protected(assembly.system, pattern, options.sample)
    print(json.dumps(report))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("table", choices=["scale", "months", "korea"])
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--rules", choices=["active", "passive"], default="active")
    parser.add_argument("--effort", choices=["fast", "thorough"], default="fast")
    parser.add_argument("--regions", action="store_true")
    parser.add_argument("--level", choices=["chapter", "heading", "subheading"], default="subheading")
    parser.add_argument("--sample", type=int, default=20, help="bounds that are checked by linear programs")
    return parser.parse_args(arguments)


def _counts(assembly: Assembly, pattern: Pattern) -> dict[str, object]:
    system = assembly.system
    secondary = pattern.suppressed & (system.upper_level == 0)
    return {
        "nonempty_cells": system.cells,
        "primary": len(system.primaries),
        "secondary": int(secondary.sum()),
        "secondary_value": int(system.values[secondary].sum()),
        "by_program": pattern.by_program,
        "unwitnessed": len(unproven(system, pattern.suppressed, pattern.witnesses)),
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


def _goods(leaves: int) -> Codelist:
    """A tree like the tariff: chapter, heading, subheading, national line."""
    codes = [Code(TOTAL, "Total", "total", None)]
    shape = np.random.default_rng(7)
    made = 0
    for chapter in range(1, 98):
        codes.append(Code(f"{chapter:02d}", "", "chapter", TOTAL))
        for heading in range(shape.integers(4, 22)):
            above = f"{chapter:02d}{heading:02d}"
            codes.append(Code(above, "", "heading", above[:2]))
            for subheading in range(shape.integers(1, 9)):
                inner = f"{above}{subheading:02d}"
                codes.append(Code(inner, "", "subheading", above))
                for line in range(shape.integers(1, 4)):
                    codes.append(Code(f"{inner}{line:02d}", "", "line", inner))
                    made += 1
        if made >= leaves:
            break
    return Codelist(
        "LINES", "Lines", "1", "synthetic", ("total", "chapter", "heading", "subheading", "line"), tuple(codes)
    )


def _partners(regions: bool, count: int) -> Codelist:
    codes = [Code(TOTAL, "World", "total", None)]
    if regions:
        codes += [Code(f"R{region}", "", "region", TOTAL) for region in range(6)]
    above = (lambda k: f"R{k % 6}") if regions else (lambda k: TOTAL)
    codes += [Code(f"C{k:03d}", "", "country", above(k)) for k in range(count)]
    levels = ("total", "region", "country") if regions else ("total", "country")
    return Codelist("PARTNERS", "Partners", "1", "synthetic", levels, tuple(codes))


def _records(goods: Codelist, partners: Codelist, rows: int, seed: int) -> pd.DataFrame:
    """Heavy-tailed trade: Zipf lines and partners, lognormal values, traders that stick to a few lines."""
    random = np.random.default_rng(seed)
    lines = np.array([code.code for code in goods.at("line")])
    countries = np.array([code.code for code in partners.at("country")])
    line = (len(lines) * random.random(rows) ** 2.2).astype(int)
    country = (len(countries) * random.random(rows) ** 3.0).astype(int)
    trader = 1 + (line * 7 + (60 * random.random(rows) ** 2).astype(int) * 13) % 20_000
    return pd.DataFrame(
        {
            "commodity": random.permutation(lines)[line],
            "partner": countries[country],
            "trader": trader,
            "statistical_value": np.ceil(random.lognormal(9, 2.2, rows)).astype(np.int64),
        }
    )


def _rules(options: argparse.Namespace) -> SuppressionRules:
    return ACTIVE if options.rules == "active" else PASSIVE


def _asked(table: ConfidentialTable, options: argparse.Namespace, percent: int = 4) -> ConfidentialTable:
    """Under passive confidentiality: every 25th trader has asked."""
    if options.rules == "active":
        return table
    cells = table.cells.to_pandas()
    asked = cells["contributor_1"] % 100 < percent
    cells["claimants"] = asked.astype(np.int64)
    cells["statistical_value_claimant"] = cells["statistical_value_largest_1"].where(asked, 0)
    cells["statistical_value_rival"] = cells["statistical_value_largest_2"].where(asked, 0)
    return replace(table, cells=table.cells.from_pandas(cells, schema=table.cells.schema))


def _scale(options: argparse.Namespace) -> list[tuple[ConfidentialTable, SuppressionRules]]:
    goods, partners = _goods(9000), _partners(options.regions, 235)
    demands = []
    for seed, flow in enumerate(("M", "X")):
        structure = TableStructure(
            f"scale_{flow}",
            "",
            "",
            "M" if flow == "M" else "X",
            "",
            (
                Dimension("commodity", "", goods.hierarchy(goods.levels)),
                Dimension("partner", "", partners.hierarchy(partners.levels)),
            ),
            (VALUE,),
        )
        frame = _records(goods, partners, int(options.cells * 0.09), seed)
        demands.append((_asked(confidential_table(structure, frame), options), _rules(options)))
    return demands


def _months(options: argparse.Namespace) -> list[tuple[ConfidentialTable, SuppressionRules]]:
    goods, partners = _goods(1500), _partners(options.regions, 100)
    codes = [Code(TOTAL, "Year", "total", None), *(Code(f"Q{q}", "", "quarter", TOTAL) for q in range(1, 5))]
    codes += [Code(f"M{m:02d}", "", "month", f"Q{(m + 2) // 3}") for m in range(1, 13)]
    months = Codelist("MONTHS", "Months", "1", "synthetic", ("total", "quarter", "month"), tuple(codes))
    columns = (("commodity", goods), ("partner", partners), ("month", months))
    dimensions = tuple(Dimension(name, "", codes_.hierarchy(codes_.levels)) for name, codes_ in columns)
    structure = TableStructure("months", "", "", "M", "", dimensions, (VALUE,))
    frame = _records(goods, partners, int(options.cells * 0.06), 1)
    month = np.random.default_rng(2).integers(1, 13, len(frame))
    frame["month"] = [f"M{m:02d}" for m in month]
    return [(_asked(confidential_table(structure, frame), options), _rules(options))]


def _korea(options: argparse.Namespace) -> list[tuple[ConfidentialTable, SuppressionRules]]:
    folder = Path(os.environ.get("PUBLISHER_KCS", Path(__file__).parents[2].parent / "shared/data/kcs"))
    raw = pd.read_csv(folder / "declarations_2020.csv", dtype={"HS6 Code": str}, keep_default_na=False)
    digits = {"chapter": 2, "heading": 4, "subheading": 6}[options.level]
    frame = pd.DataFrame(
        {
            "commodity": raw["HS6 Code"].str[:digits],
            "partner": raw["Country of Origin"],
            "trader": pd.factorize(raw["Importer ID"])[0] + 1,
            "statistical_value": raw["Item Price"].astype(float).round().astype(np.int64),
        }
    )
    levels = ["total", "chapter", "heading", "subheading"]
    goods = codelist("HS").hierarchy(levels[: levels.index(options.level) + 1])
    partners = codelist("COUNTRY").hierarchy(
        ["total", "region", "country"] if options.regions else ["total", "country"]
    )
    frame = frame[frame["commodity"].isin(goods.node) & frame["partner"].isin(partners.node)]
    dimensions = (Dimension("commodity", "", goods), Dimension("partner", "", partners))
    structure = TableStructure("korea", "", "", "M", "", dimensions, (VALUE,))
    rules = replace(ACTIVE, p_percent=Fraction(15)) if options.rules == "active" else PASSIVE
    return [(_asked(confidential_table(structure, frame), options), rules)]


if __name__ == "__main__":
    main(sys.argv[1:])
