"""The confidential tables that the suppression bench protects."""

import argparse
import os
import pickle
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd

from publisher.catalogue.codelists import codelist
from publisher.model.codelist import Codelist
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Dimension, Measure, TableStructure
from publisher.suppression.assemble import Demand
from tests.bench.suppression_trade import contributions, goods, months, partners
from tests.lib.cells import confidential_table

VALUE = Measure("statistical_value", "Value", "sum", "KRW", column="statistical_value")
ACTIVE = SuppressionRules("active", 3, p_percent=Fraction(10))
PASSIVE = SuppressionRules("passive", 0, request_share_percent=Fraction(70))
REQUESTED_SHARE = 0.02  # of all cells, under passive confidentiality


def demands(options: argparse.Namespace) -> list[Demand]:
    """The tables and rules asked for on the command line, from `options.load` if given; kept in `options.save`."""
    name = "-".join(str(part) for part in _identity(options)) + ".pickle"
    if options.load is not None:
        return pickle.loads((options.load / name).read_bytes())
    made = {"scale": _scale, "months": _months, "korea": korea}[options.table](options)
    if options.save is not None:
        options.save.mkdir(parents=True, exist_ok=True)
        (options.save / name).write_bytes(pickle.dumps(made))
    return made


def _identity(options: argparse.Namespace) -> list[object]:
    what = options.level if options.table == "korea" else options.cells
    return [options.table, what, options.rules, "regions" if options.regions else "flat"]


def _scale(options: argparse.Namespace) -> list[Demand]:
    """Both flows; the tariff and the number of partners shrink with the cells asked for."""
    size = min(1.0, options.cells / 1_000_000)
    lines = goods(max(3, round(97 * size**0.5)))
    countries = partners(max(20, round(235 * size**0.5)), regions=options.regions)
    found = []
    for seed, flow in ((1, "M"), (2, "X")):
        structure = _structure(f"scale_{flow}", flow, {"commodity": lines, "partner": countries})
        frame = contributions(structure, options.cells // 2, (1.4, 1.6), seed)
        found.append(_demand(confidential_table(structure, frame), options.rules))
    return found


def _months(options: argparse.Namespace) -> list[Demand]:
    """Three dimensions: a part of the tariff, a hundred partners, a year of months."""
    size = min(1.0, options.cells / 300_000)
    lines = goods(max(3, round(20 * size**0.5)))
    countries = partners(max(15, round(100 * size**0.5)), regions=options.regions)
    structure = _structure("months", "M", {"commodity": lines, "partner": countries, "month": months()})
    frame = contributions(structure, options.cells, (1.4, 1.6, 0.1), 1)
    return [_demand(confidential_table(structure, frame), options.rules)]


def korea(options: argparse.Namespace) -> list[Demand]:
    """The Korean sample of 2020 (54,000 declarations): commodity down to `options.level` x origin.

    `options.chapters` keeps so many of the first chapters only (None: all).
    """
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
    lines, countries = _korean_levels(options)
    frame = frame[frame["commodity"].isin(lines.hierarchy.node) & frame["partner"].isin(countries.hierarchy.node)]
    if options.chapters is not None:
        frame = frame[frame["commodity"].str[:2] <= f"{options.chapters:02d}"]
    structure = TableStructure("korea", "", "", "M", "", (lines, countries), (VALUE,))
    made, rules = _demand(confidential_table(structure, frame), options.rules)
    return [(made, replace(rules, p_percent=Fraction(15)) if options.rules == "active" else rules)]


def _korean_levels(options: argparse.Namespace) -> tuple[Dimension, Dimension]:
    levels = ["total", "chapter", "heading", "subheading"]
    lines = codelist("HS").hierarchy(levels[: levels.index(options.level) + 1])
    countries = codelist("COUNTRY").hierarchy(["total", *(["region"] if options.regions else []), "country"])
    return Dimension("commodity", "", lines), Dimension("partner", "", countries)


def _structure(name: str, flow: str, lists: dict[str, Codelist]) -> TableStructure:
    dimensions = tuple(Dimension(column, "", codes.hierarchy(codes.levels)) for column, codes in lists.items())
    return TableStructure(name, "", "", "M" if flow == "M" else "X", "", dimensions, (VALUE,))


def _demand(table: ConfidentialTable, rules: str) -> Demand:
    return (table, ACTIVE) if rules == "active" else (_requested(table), PASSIVE)


def _requested(table: ConfidentialTable) -> ConfidentialTable:
    """The same table where so many traders have asked that REQUESTED_SHARE of the cells is primary.

    With a share limit above one half only the largest contributor's request matters: others need no mention.
    """
    cells = table.cells.to_pandas()
    dominated = cells["statistical_value_largest_1"] * 100 > 70 * cells["statistical_value"]
    asking = np.random.default_rng(3).permutation(cells["contributor_1"].unique())
    counts = cells["contributor_1"][dominated].value_counts().reindex(asking, fill_value=0).cumsum()
    asked = cells["contributor_1"].isin(asking[: int((counts <= REQUESTED_SHARE * len(cells)).sum())])
    cells["claimants"] = asked.astype(np.int64)
    cells["statistical_value_claimant"] = cells["statistical_value_largest_1"].where(asked, 0)
    cells["statistical_value_rival"] = cells["statistical_value_largest_2"].where(asked, 0)
    return replace(table, cells=table.cells.from_pandas(cells, schema=table.cells.schema, preserve_index=False))
