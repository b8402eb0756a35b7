"""A shipped query with levels, from declarations in DuckDB to what is printed, sealed and told."""

from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from publisher.aggregate.clipped import clipped_sums
from publisher.catalogue.load import load_query
from publisher.dp.keys import all_keys, is_finest
from publisher.dp.margins import with_margins
from publisher.dp.protect import protect
from publisher.dp.strategy import level_plan
from publisher.ledger.ledger import open_ledger
from tests.lib.noise import UNIT, data, no_norms, no_sums
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.tables import declaration, memory_store

QUERY = Path(__file__).parents[2] / "queries" / "traders_by_chapter_origin.toml"
PERIOD = "2021-01"


def _declarations() -> list[dict[str, Any]]:
    """40 importers of 8703 from DE, each twice; 3 of them of 0901 from BR too."""
    cars = [declaration(importer=f"T{n}", commodity="870321", partner="DE") for n in range(40) for _ in range(2)]
    return cars + [declaration(importer=f"T{n}", commodity="090111", partner="BR") for n in range(3)]


def test_a_trader_counts_once_a_cell_margins_add_up_and_nothing_is_drawn_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = load_query(QUERY)
    monkeypatch.setattr("publisher.dp.noisy.draw", lambda values, *_: values)
    with memory_store(_declarations()) as connection, open_ledger(tmp_path, SEAL_KEY) as ledger:
        allow(ledger)
        sums = partial(clipped_sums, connection, query, PERIOD, "s0001")
        table = protect(query, PERIOD, data(), ledger, sums, no_norms)
        assert ledger.spent(UNIT, 2021) == Fraction(1, 50)
        assert protect(query, PERIOD, data(), ledger, no_sums, no_norms) == table
    goods, lands = (dimension.hierarchy.node for dimension in query.structure.dimensions)
    cells = table.cells.column("traders").to_numpy().reshape(len(goods), len(lands))
    assert cells[goods["87"], lands["DE"]] == 40
    assert cells[goods["09"], lands["_T"]] == cells[goods["09"], lands["BR"]] == 3
    assert cells[0, 0] == 43
    finest = cells.ravel()[is_finest(query.structure, all_keys(query.structure))]
    assert np.array_equal(with_margins(query.structure, finest), cells.ravel())
    assert table.noise is not None
    assert dict(table.noise.clip_by_level) == {"chapter x total": 7, "chapter x country": 3}


def test_the_shares_of_the_shipped_query_are_those_in_its_file() -> None:
    query = load_query(QUERY)
    plan = level_plan(query.structure, query.protection)  # type: ignore[arg-type]
    assert plan is not None
    assert abs(plan.share((1, 0)) - Fraction(3, 5)) < Fraction(1, 400)
