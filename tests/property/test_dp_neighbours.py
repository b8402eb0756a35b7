"""One contributor more or less moves the vector that gets noise by at most what the noise is made for, exactly.

From declarations in DuckDB through the clip to the vector: nothing between is taken on trust.
"""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.aggregate.clipped import clipped_sums, norms
from publisher.dp.noisy import measurable
from publisher.model.codelist import TOTAL
from publisher.model.structure import Measure
from tests.lib.tables import (
    ITEMS,
    TRADERS,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    privacy_rules,
    structure,
)
from tests.lib.tables import query as query_of

PERIOD = "2021-01"
GOODS = codelist(
    "GOODS", {"chapter": {"01": TOTAL, "02": TOTAL}, "heading": {"0101": "01", "0102": "01", "0201": "02"}}
)
LANDS = codelist("LANDS", {"country": {"DE": TOTAL, "FR": TOTAL, "ZZ": TOTAL}})
CODELISTS = {"GOODS": GOODS, "LANDS": LANDS}
TABLE = [dimension("commodity", GOODS), dimension("partner", LANDS)]


@st.composite
def items(draw: st.DrawFn, importer: str, most: int) -> list[dict[str, Any]]:
    """What one trader declared: up to `most` items anywhere."""
    return [
        declaration(
            importer=importer,
            commodity=draw(st.sampled_from(["0101", "0102", "0201"])),
            partner=draw(st.sampled_from(["DE", "FR", "ZZ"])),
            statistical_value=draw(st.sampled_from([0, 1, 3, 1000, 10**9])),
        )
        for _ in range(draw(st.integers(1, most)))
    ]


def _vector(declarations: list[dict[str, Any]], measures: tuple[Measure, ...], clip: int) -> tuple[np.ndarray, int]:  # type: ignore[type-arg]
    with memory_store(declarations) as connection:
        asked = query_of(structure(*TABLE, measures=measures), privacy_rules(at=clip))
        sums = clipped_sums(connection, asked, PERIOD, "s0001", clip, codelists=CODELISTS.__getitem__)
        return measurable(sums).vector, clip * sums.scale


@pytest.mark.parametrize(
    "measures", [(ITEMS,), (TRADERS,), (ITEMS, TRADERS), (VALUE, ITEMS)], ids=lambda ms: "+".join(m.id for m in ms)
)
@settings(max_examples=12, deadline=None)
@given(items("A", 12), items("B", 3), items("C", 3), st.sampled_from([1, 3, 50]))
def test_neighbours_differ_by_at_most_the_sensitivity(
    measures: tuple[Measure, ...], one: list[Any], second: list[Any], third: list[Any], clip: int
) -> None:
    with_one, sensitivity = _vector([*one, *second, *third], measures, clip)
    without, same = _vector([*second, *third], measures, clip)
    assert sensitivity == same
    difference = [int(a) - int(b) for a, b in zip(with_one, without, strict=True)]
    assert 0 < sum(d * d for d in difference) <= sensitivity**2


def test_a_clip_that_is_not_reached_changes_nothing() -> None:
    whole, sensitivity = _vector([declaration(importer="A") for _ in range(3)], (ITEMS,), 3)
    assert sorted(whole)[-1] == sensitivity == 3000
    assert sum(whole) == 3000


def test_norms_are_those_of_the_vectors_that_are_clipped() -> None:
    """A: 3 items in one cell; B: one item in each of 4 cells, norm 2."""
    places = [("0101", "DE"), ("0102", "DE"), ("0201", "DE"), ("0101", "FR")]
    declared = [declaration(importer="A") for _ in range(3)]
    declared += [declaration(importer="B", commodity=c, partner=p) for c, p in places]
    with memory_store(declared) as connection:
        asked = query_of(structure(*TABLE, measures=(ITEMS,)), privacy_rules())
        found = norms(connection, asked, PERIOD, codelists=CODELISTS.__getitem__)
    assert sorted(found.column("norm").to_pylist()) == [2, 3]
