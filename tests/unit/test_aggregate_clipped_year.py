"""The vectors of a year: what the months measured, added up by contributor and clipped once more."""

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pytest

from publisher.aggregate.clipped import clipped_sums
from publisher.aggregate.clipped_year import clipped_year
from publisher.aggregate.months import months_of
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan
from tests.lib.tables import ITEMS, VALUE, declaration, memory_store, privacy_rules, structure
from tests.lib.tables import query as query_of
from tests.property.test_dp_neighbours import CODELISTS, PLANS, TABLE

MONTHS = months_of("2021").names
ONE = dict.fromkeys(MONTHS, "s0001")
Rows = list[dict[str, Any]]


def items(importer: str, months: range, count: int = 1, **more: Any) -> Rows:
    """`count` items in each of the months."""
    return [declaration(importer=importer, reference_period=f"2021-{month:02}", **more) for month in months] * count


def year_of(
    rows: Rows | Mapping[str, Rows],
    clip: int,
    clip_months: int,
    plan: LevelPlan | None = None,
    months: Mapping[str, str] = ONE,
    *,
    holding: bool = False,
    of_months: bool = True,
) -> tuple[ClippedSums, list[ClippedSums]]:
    """The year, and its months if wanted. `rows`: of each snapshot, where there are several."""
    asked = query_of(structure(*TABLE, measures=(ITEMS, VALUE)), privacy_rules(at=clip), holding=holding)
    snapshots = rows if isinstance(rows, Mapping) else {"s0001": rows}
    with memory_store([]) as connection:

        def expose(name: str) -> None:
            _expose(connection, snapshots[name])

        lists = CODELISTS.__getitem__
        year = clipped_year(connection, asked, "2021", months, expose, clip, clip_months, plan, codelists=lists)
        parts = []
        for month, name in months.items() if of_months else ():
            expose(name)
            parts.append(clipped_sums(connection, asked, month, name, clip, plan, codelists=lists))
    return year, parts


def _expose(connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
    connection.execute("DELETE FROM item")
    columns = [name for name, *_ in connection.execute("DESCRIBE item").fetchall()]
    for number, row in enumerate(rows):
        named = {"declaration_id": f"D{number}", **row}
        connection.execute(
            f"INSERT INTO item VALUES ({', '.join('?' for _ in columns)})", [named.get(name) for name in columns]
        )


def column(sums: ClippedSums, name: str = "declarations") -> np.ndarray:  # type: ignore[type-arg]
    return sums.sums.column(name).to_numpy()


@pytest.mark.parametrize("plan", [None, PLANS["two trees"]], ids=["finest", "levels"])
def test_twelve_full_months_never_bite(plan: LevelPlan | None) -> None:
    """Each month is clipped to 3, rounded down; with room for twelve of them the year is their sum to the unit."""
    rows = items("A", range(2, 5), 4) + items("A", range(3, 5), commodity="0201") + items("B", range(1, 3))
    year, months = year_of(rows, 3, 12, plan)
    for name in ("declarations", "statistical_value"):
        assert np.array_equal(column(year, name), sum(column(month, name) for month in months))
    assert year.squared_sensitivity == 144 * months[0].squared_sensitivity
    assert (year.clip, year.scale, year.weights) == (36, months[0].scale, months[0].weights)
    assert year.sums.schema == months[0].sums.schema
    assert year.time_period == "2021"


@pytest.mark.parametrize(("active", "found"), [(1, 1000), (2, 2000), (3, 2000)])
def test_a_contributor_counts_as_so_many_full_months(active: int, found: int) -> None:
    """Two items a month in one cell, two measures: the norm is 2.8, the clip 1."""
    year, months = year_of(items("A", range(1, active + 1), 2), 1, 2)
    norm = float(np.sqrt(sum((column(year, name) ** 2).sum() for name in ("declarations", "statistical_value"))))
    assert found - 3 < norm <= found
    assert column(year).sum() <= sum(column(month).sum() for month in months)


def test_the_year_reads_each_month_at_its_own_snapshot() -> None:
    """An item of January that came later counts only where January was measured again."""
    early, late = items("A", range(1, 13)), items("A", range(1, 13)) + items("B", range(1, 2))
    for january, found in (("s0001", 12_000), ("s0002", 13_000)):
        taken = {**dict.fromkeys(MONTHS, "s0002"), "2021-01": january}
        year, _ = year_of({"s0001": early, "s0002": late}, 3, 12, months=taken)
        assert (column(year).sum(), year.snapshot) == (found, "s0002")


@pytest.mark.parametrize(("holding", "found"), [(True, 2000), (False, 4000)])
def test_traders_that_were_ever_joined_are_one_contributor(holding: bool, found: int) -> None:
    """A and B belong to G from the second snapshot on. Each fills a clip of 1, A in January, B in December, so that
    apart they may add 2 each and together 2. Two measures of equal size: 1 / sqrt 2 each."""
    alone = items("A", range(1, 3), 2) + items("B", range(11, 13), 2)
    joined = [{**row, "enterprise_group": "G"} for row in alone]
    taken = {month: "s0001" if month < "2021-07" else "s0002" for month in MONTHS}
    year, _ = year_of({"s0001": alone, "s0002": joined}, 1, 2, months=taken, holding=holding)
    norm = float(np.sqrt(2)) * column(year).sum()
    assert found - 5 < norm <= found


def test_a_year_without_declarations_is_nothing() -> None:
    year, _ = year_of([], 3, 4)
    assert column(year).sum() == 0
