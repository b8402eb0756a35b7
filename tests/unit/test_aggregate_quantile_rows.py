"""The rows behind quantiles: clipped by contributor over all cells, counted by candidate, on every public key."""

from typing import Any

import numpy as np
import pytest

from publisher.aggregate.quantile_rows import LARGEST_CLIP
from publisher.aggregate.used import used_by
from publisher.errors import ProtectionError
from tests.lib.quantiles import counts_of, quantile_query, rows_of
from tests.lib.tables import declaration


def _items(hours: list[int | None], importer: str = "A", **more: Any) -> list[dict[str, Any]]:
    return [
        declaration(importer=importer, clearance_hours=hour, declaration_id=f"{importer}{n}", **more)
        for n, hour in enumerate(hours)
    ]


def test_rows_count_by_the_least_candidate_not_below_them() -> None:
    """Candidates 1 2 4 8 16; 0 is below the first, 17 beyond the last; an unknown time is no row."""
    counts = counts_of(quantile_query(at=100), _items([0, 1, 2, 3, 4, 5, 9, 16, 17, None]), 100)
    assert counts.tolist() == [[2, 1, 2, 1, 3], [2, 1, 2, 1, 3], [0] * 5, [0] * 5]


def test_every_public_key_has_a_row_and_the_repr_no_number() -> None:
    rows = rows_of(quantile_query(two=True), _items([3], office="20", transport_mode="4"))
    assert rows.counts.num_rows == 12
    assert rows.counts.column("office").to_pylist() == sorted(list(range(4)) * 3)
    assert "rows_" not in repr(rows)


@pytest.mark.parametrize(
    ("clip", "kept"),
    [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3)],  # k rows in office and total: norm^2 = 2 k^2
)
def test_the_clip_bounds_the_norm_over_all_levels(clip: int, kept: int) -> None:
    assert counts_of(quantile_query(at=clip), _items([3] * 9), clip)[:2].sum(axis=1).tolist() == [kept, kept]


def test_a_contributor_exactly_at_the_clip_keeps_everything() -> None:
    """(3, 4) in two offices and 7 in the total: 9 + 16 + 49 = 74; the clip is 9 > sqrt(74) > 8."""
    items = _items([3] * 3, office="10") + [
        row | {"declaration_id": f"B{n}"} for n, row in enumerate(_items([3] * 4, office="20"))
    ]
    assert counts_of(quantile_query(at=9), items, 9).sum(axis=1).tolist() == [7, 3, 4, 0]
    assert counts_of(quantile_query(at=8), items, 8).sum() < 14


def test_which_rows_are_kept_depends_on_nobody_else_and_not_on_order() -> None:
    own = _items([1, 2, 4, 8, 16, 1, 2, 4, 8, 16])
    others = [
        declaration(importer=f"Z{n}", office="30", clearance_hours=1, declaration_id=f"Z{n}") for n in range(40)
    ]
    alone = counts_of(quantile_query(), own)
    for data in (own[::-1], [*others, *own], [*own[:5], *others, *own[5:]]):
        assert np.array_equal(counts_of(quantile_query(), data)[1], alone[1])


def test_a_holding_is_one_contributor() -> None:
    items = _items([3] * 5, "A", enterprise_group="G") + _items([3] * 5, "B", enterprise_group="G")
    assert counts_of(quantile_query(), items).sum() == 2 * counts_of(quantile_query(holding=True), items).sum() == 8


@pytest.mark.parametrize("broken", [{"office": "99"}, {"importer": None}])
def test_what_has_no_cell_or_no_contributor_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(ProtectionError, match=r"no leaf|no importer"):
        rows_of(quantile_query(), [declaration(clearance_hours=3) | broken])


@pytest.mark.parametrize("clip", [0, -1, LARGEST_CLIP + 1])
def test_a_clip_out_of_range_is_refused(clip: int) -> None:
    with pytest.raises(ProtectionError, match="a clip of 1 to"):
        rows_of(quantile_query(), [], clip)


def test_the_digest_of_what_is_read_sees_the_hours_themselves() -> None:
    assert "clearance_hours" in used_by(quantile_query()).columns
