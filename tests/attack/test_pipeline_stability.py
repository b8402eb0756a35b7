"""Stability on real months: the Korean sample, February and March 2021."""

from dataclasses import replace
from fractions import Fraction

import pytest

from publisher.catalogue.load import load_queries
from publisher.pipeline import Exact, aggregate_exact
from publisher.store.snapshot import take_snapshot
from publisher.suppression.protect import protect_edition
from publisher.suppression.shown import ShownTable, as_shown
from publisher.suppression.stability import status_changes
from tests.lib.whole import filled, korean_files, opened

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def months(tmp_path_factory: pytest.TempPathFactory) -> tuple[Exact, Exact]:
    here = filled(tmp_path_factory.mktemp("korea") / "workspace", korean_files(), "kcs")
    queries = list(load_queries(here).values())
    with opened(here) as store:
        snapshot = take_snapshot(store)
        february, march = (aggregate_exact(store, queries, f"2021-0{month}", snapshot) for month in (2, 3))
    return february, march


def changed(march: Exact, before: list[ShownTable], stability: int) -> int:
    asked = [(table, replace(rules, stability=Fraction(stability))) for table, rules in march]
    tables = protect_edition(asked, before=before).tables
    return sum(table.changed for table in status_changes(tables, before))


def test_a_stable_pattern_changes_fewer_statuses(months: tuple[Exact, Exact]) -> None:
    february, march = months
    before = [as_shown(table) for table in protect_edition(february).tables]
    assert changed(march, before, 1) < changed(march, before, 0)
