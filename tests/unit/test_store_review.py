"""The unit-value screen flags what is far from its kind, and nothing else."""

import pytest

from publisher.settings import Workspace
from publisher.store.review import SCREEN_MINIMUM, review_list
from tests.lib.stores import items, native_csv, new_store, take, workspace

__all__ = ["workspace"]


def priced(count: int, first: str = "1000") -> list[dict[str, str]]:
    """Prices between 900 and 1100 a unit but for the first."""
    rows = items(count, net_mass="1000")
    for number, row in enumerate(rows):
        row["statistical_value"] = str(900_000 + 200_000 * number // count)
    rows[0]["statistical_value"] = first
    return rows


# With the least spread counted, 0.25, an item is flagged above exp(6 * 0.25 / 0.6745) = 9.24 times the median.
@pytest.mark.parametrize(
    ("value", "flagged"), [("1000000", 0), ("9000000", 0), ("9500000", 1), ("100000", 1), ("115000", 0), ("0", 0)]
)
def test_flagged_above_nine_times_the_median_of_a_calm_kind(workspace: Workspace, value: str, flagged: int) -> None:
    with new_store(workspace) as store:
        report = take(store, native_csv(workspace.root / "d.csv", priced(41, value)))
        assert report.flagged == flagged
        assert [item.row_number for item in review_list(store)] == [1] * flagged
        for item in review_list(store):
            assert (item.batch, item.file, item.commodity, item.flow) == ("b0001", "d.csv", "090121", "M")
            assert abs(item.score) > 6


@pytest.mark.parametrize(
    ("count", "flagged"), [(SCREEN_MINIMUM - 1, 0), (SCREEN_MINIMUM, 1), (SCREEN_MINIMUM + 1, 1)]
)
def test_small_kinds_are_not_screened(workspace: Workspace, count: int, flagged: int) -> None:
    with new_store(workspace) as store:
        assert take(store, native_csv(workspace.root / "d.csv", priced(count, "99000000"))).flagged == flagged


def test_a_small_batch_is_compared_with_the_year_before_it(workspace: Workspace) -> None:
    late = [row | {"acceptance_date": "2024-05-01", "declaration_id": "L1"} for row in priced(1, "99000000")]
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "1.csv", priced(40, "1000000")))
        assert take(store, native_csv(workspace.root / "2.csv", late)).flagged == 1


def test_a_corrected_item_leaves_the_list(workspace: Workspace) -> None:
    with new_store(workspace) as store:
        take(store, native_csv(workspace.root / "1.csv", priced(40, "99000000")))
        assert len(review_list(store)) == 1
        take(
            store,
            native_csv(workspace.root / "2.csv", items(1, version="2", net_mass="1000", statistical_value="990000")),
        )
        assert review_list(store) == ()
