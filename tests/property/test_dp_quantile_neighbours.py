"""Removing one contributor changes rows and counts by at most the clip in L2, whatever anyone declared.

From declarations in DuckDB to the counts that are drawn from: nothing between is taken on trust.
"""

from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.lib.examples import examples
from tests.lib.quantiles import counts_of, quantile_query
from tests.lib.tables import declaration


@st.composite
def items(draw: st.DrawFn, importer: str, most: int) -> list[dict[str, Any]]:
    return [
        declaration(
            importer=importer,
            declaration_id=f"{importer}{draw(st.integers(0, 99))}",
            office=draw(st.sampled_from(["10", "20", "30"])),
            transport_mode=draw(st.sampled_from(["1", "4"])),
            clearance_hours=draw(st.sampled_from([None, 1, 3, 9, 99])),
        )
        for _ in range(draw(st.integers(1, most)))
    ]


@settings(max_examples=examples(40), deadline=None)
@given(one=items("A", 14), others=st.lists(items("B", 4), max_size=2), clip=st.sampled_from([1, 2, 4, 9, 20]))
def test_one_contributor_moves_the_rows_by_at_most_the_clip(
    one: list[dict[str, Any]], others: list[list[dict[str, Any]]], clip: int
) -> None:
    query = quantile_query(at=clip, two=True)
    rest = [row | {"importer": f"B{n}"} for n, rows in enumerate(others) for row in rows]
    change = counts_of(query, [*one, *rest], clip) - counts_of(query, rest, clip)
    assert np.all(change >= 0)
    in_cells = change.sum(axis=1)
    assert int((in_cells**2).sum()) <= clip**2
    assert int((change**2).sum()) <= clip**2
