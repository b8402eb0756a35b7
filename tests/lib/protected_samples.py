"""Protected tables for tests of what readers get: exact with hidden cells, noisy, and empty.

The numbers are invented. `hidden_numbers` of the suppression sample are what its hidden cells 'really' hold:
large primes-like numbers that occur nowhere else, so that a test may look for them in every published byte.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import time
from fractions import Fraction
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from publisher.catalogue.codelists import codelist
from publisher.catalogue.plan import Plan, Schedule
from publisher.model.codelist import Hierarchy
from publisher.model.privacy import NoiseStatement
from publisher.model.protected import ProtectedTable
from publisher.model.structure import Dimension, Measure, TableStructure

PERIOD = "2021-03"
PLAN = Plan(
    id="monthly_trade",
    title="Monthly trade statistics",
    summary="Imports and exports by commodity, partner, customs office and mode of transport.",
    frequency="monthly",
    first_period="2020-01",
    queries=("imports_by_chapter_origin", "traders_by_chapter_region", "exports_by_chapter_destination"),
    schedule=Schedule(lag_days=15, at=time(9, 30), timezone=ZoneInfo("Asia/Seoul")),
    rho_per_year=Fraction(1),
    approvals=1,
)
VALUE = Measure("statistical_value", "Statistical value", "sum", "KRW", column="statistical_value")
MASS = Measure("net_mass", "Net mass", "sum", "kg", decimals=3, column="net_mass", shadows="statistical_value")
TRADERS = Measure("traders", "Importing traders", "count_distinct", "traders", column="importer")
COMMODITY = Dimension("commodity", "Commodity", codelist("HS").hierarchy(("total", "section", "chapter")))
ORIGIN = Dimension("partner", "Country of origin", codelist("COUNTRY").hierarchy(("total", "region", "country")))
REGION = Dimension("partner", "Region of origin", codelist("COUNTRY").hierarchy(("total", "region")))


@dataclass(frozen=True)
class SuppressionSample:
    table: ProtectedTable
    hidden_numbers: tuple[int, ...]


def structure(
    name: str, title: str, dimensions: tuple[Dimension, ...], measures: tuple[Measure, ...]
) -> TableStructure:
    summary = f"{title}: invented numbers, made for tests. Goods in transit are not counted."
    return TableStructure(name, title, summary, "M", "procedure NOT IN ('temporary','transit')", dimensions, measures)


def suppression_sample(leaves: int = 1_500, *, period: str = PERIOD, seed: int = 1) -> SuppressionSample:
    """Chapters by country, about twice as many cells as `leaves`; one leaf in eight and its region are hidden."""
    rng = np.random.default_rng(seed)
    sums = _cube(rng, leaves)
    keys = sorted(sums)
    hidden = {key for key in keys if _is_leaf(key) and rng.random() < 0.125}
    rows = [_suppressed_row(key, sums[key], key in hidden, sums[key[0], 0][0]) for key in keys]
    table = structure(
        "imports_by_chapter_origin", "Imports by chapter and country of origin", (COMMODITY, ORIGIN), (VALUE, MASS)
    )
    numbers = tuple(number for key in sorted(hidden) for number in sums[key])
    return SuppressionSample(ProtectedTable(table, period, "s0001", "suppression", _cells(table, rows)), numbers)


def _cube(rng: np.random.Generator, leaves: int) -> dict[tuple[int, int], tuple[int, int]]:
    """(commodity node, partner node) -> value, mass; every ancestor pair is the sum of its leaves."""
    goods, places = COMMODITY.hierarchy, ORIGIN.hierarchy
    weights = [_zipf(len(h.leaves), rng) for h in (goods, places)]
    sums: dict[tuple[int, int], list[int]] = defaultdict(lambda: [0, 0])
    for _ in range(leaves):
        good = goods.leaves[rng.choice(len(goods.leaves), p=weights[0])]
        place = places.leaves[rng.choice(len(places.leaves), p=weights[1])]
        value = int(rng.lognormal(17.5, 2.2)) * 2 + 1_000_003
        mass = int(value / rng.lognormal(2, 1)) + 7
        for up in _ancestors(goods, good):
            for across in _ancestors(places, place):
                sums[up, across][0] += value
                sums[up, across][1] += mass
    return {key: (value, mass) for key, (value, mass) in sums.items()}


def _zipf(size: int, rng: np.random.Generator) -> np.ndarray:
    weights = 1 / np.arange(1, size + 1) ** 0.9
    return rng.permutation(weights / weights.sum())


def _ancestors(hierarchy: Hierarchy, node: int) -> list[int]:
    path = [node]
    while hierarchy.parent[path[-1]] >= 0:
        path.append(hierarchy.parent[path[-1]])
    return path


def _is_leaf(key: tuple[int, int]) -> bool:
    return not COMMODITY.hierarchy.children[key[0]] and not ORIGIN.hierarchy.children[key[1]]


def _suppressed_row(
    key: tuple[int, int], numbers: tuple[int, int], is_hidden: bool, ceiling: int
) -> tuple[object, ...]:
    if is_hidden:
        return (*key, None, None, 0, ceiling, None, None, "Q", "C")
    return (*key, *numbers, None, None, None, None, "A", "F")


def noisy_sample(period: str = PERIOD, seed: int = 2) -> ProtectedTable:
    """Every key of chapters by region, with noise of standard deviation 6.7 and the ends of its 95 % interval."""
    rng = np.random.default_rng(seed)
    table = structure(
        "traders_by_chapter_region",
        "Importing traders by chapter and region of origin",
        (COMMODITY, REGION),
        (TRADERS,),
    )
    rows = []
    for good in range(len(COMMODITY.hierarchy.codes)):
        for place in range(len(REGION.hierarchy.codes)):
            size = 40 * 6 ** (2 - COMMODITY.hierarchy.level_of[good]) * (1 if place else 4)
            value = max(0, round(rng.gamma(0.8, size) + rng.normal(0, 6.7)))
            rows.append((good, place, value, max(0, value - 13), value + 13, "E", "F"))
    return ProtectedTable(table, period, "s0001", "dp", _cells(table, rows), noise_statement())


def noise_statement() -> NoiseStatement:
    return NoiseStatement(
        unit="importer per calendar year",
        mechanism="discrete Gaussian on L2-clipped vectors",
        rho=Fraction(1, 50),
        epsilon=1.46,
        delta=1e-6,
        sigma=6.7,
        clip=4,
        clip_choice="fixed in the query",
        spent_rho=Fraction(3, 50),
        cap_rho=Fraction(1),
        measurement="m-4f2a",
        snapshot="s0001",
        notes=("Negative results are shown as zero.",),
        curve=((1e-6, 1.46), (2.5e-9, 1.9)),
        lifetime_rho=Fraction(1, 4),
        lifetime_cap_rho=Fraction(20),
    )


def empty_sample(period: str = PERIOD) -> ProtectedTable:
    table = structure(
        "exports_by_chapter_destination", "Exports by chapter and destination", (COMMODITY, ORIGIN), (VALUE, MASS)
    )
    return ProtectedTable(table, period, "s0001", "suppression", _cells(table, []))


def three_tables(period: str = PERIOD) -> tuple[ProtectedTable, ...]:
    """One of each kind."""
    return (suppression_sample(period=period).table, noisy_sample(period), empty_sample(period))


def _cells(table: TableStructure, rows: list[tuple[object, ...]]) -> pa.Table:
    """Rows: dimension nodes, values, lower and upper of each measure, obs_status, conf_status."""
    measures = [measure.id for measure in table.measures]
    names = [*table.columns, *measures, *(f"{m}_{end}" for m in measures for end in ("lower", "upper"))]
    types = [pa.int32()] * len(table.columns) + [pa.int64()] * (3 * len(measures))
    schema = pa.schema([*zip(names, types, strict=True), ("obs_status", pa.string()), ("conf_status", pa.string())])
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.table([pa.array(list(c), type=f.type) for c, f in zip(columns, schema, strict=True)], schema=schema)
