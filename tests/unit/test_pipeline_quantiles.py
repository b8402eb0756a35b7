"""Quantiles the whole way: from declarations to an audited, signed edition, and a rebuild that draws nothing."""

from fractions import Fraction
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import publisher.dp.quantile_table as quantile_table
from tests.lib.whole import FIRST, approve_and_publish, build, opened, small

QUERY = "clearance_time_by_office"


def test_an_edition_with_medians_is_built_audited_and_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = small(tmp_path / "workspace", [QUERY])
    edition = build(here, FIRST)
    cells = pq.read_table(edition.public / "data" / f"{QUERY}.parquet")
    shown = cells.filter(cells["obs_status"].cast("string").to_numpy() == "E")
    assert cells.num_rows == 43
    assert set(cells["obs_status"].to_pylist()) <= {"E", "U"}
    assert cells["median_hours"].null_count == 43 - shown.num_rows
    entry = next(entry for entry in edition.manifest.queries if entry.id == QUERY)
    assert entry.privacy_loss is not None and entry.privacy_loss.deployment is not None
    assert entry.privacy_loss.deployment.spend_in_year.spent_rho == "1/20"
    monkeypatch.setattr(quantile_table, "measure_quantiles", lambda *_: pytest.fail("a rebuild drew"))
    assert build(here, FIRST).manifest == edition.manifest
    publication = approve_and_publish(edition)
    assert publication is not None
    page = (here.site / edition.manifest.ref.path / "tables" / f"{QUERY}.html").read_text("utf-8")
    assert "too noisy to show" in page and "#too-noisy" in page
    with opened(here) as store:
        counted = store.connection.execute(
            "SELECT count(*) - count(clearance_hours) FROM declaration_item"
        ).fetchone()
    assert counted == (0,)
    assert Fraction(entry.privacy_loss.rho) == Fraction(1, 20)
