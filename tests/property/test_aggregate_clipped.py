"""What noise is calibrated to: one contributor more or less moves the sums by at most clip * scale."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.aggregate.clipped import clipped_sums, norms
from publisher.model.codelist import TOTAL
from publisher.model.confidential import ClippedSums
from publisher.model.structure import TableStructure
from tests.lib.examples import examples
from tests.lib.tables import (
    ITEMS,
    PERIOD,
    TRADERS,
    VALUE,
    codelist,
    declaration,
    dimension,
    memory_store,
    privacy_rules,
    query,
    structure,
)

GOODS = codelist(
    "GOODS",
    {"chapter": {"01": TOTAL, "02": TOTAL, "03": TOTAL}, "heading": {"0101": "01", "0102": "01", "0201": "02"}},
)
LAND = codelist("LAND", {"country": {"DE": TOTAL, "FR": TOTAL}})
CODELISTS = {"GOODS": GOODS, "LAND": LAND}.__getitem__
TABLES = [
    structure(dimension("commodity", GOODS), dimension("partner", LAND), measures=measures)
    for measures in ((ITEMS,), (TRADERS,), (VALUE,), (ITEMS, TRADERS))
]

items = st.builds(
    declaration,
    commodity=st.sampled_from(["0101", "0102", "0201", "03"]),
    partner=st.sampled_from(["DE", "FR"]),
    importer=st.sampled_from("ABCD"),
    enterprise_group=st.just(None),
    statistical_value=st.integers(0, 20) | st.integers(2**53 - 3, 2**53 + 3) | st.integers(0, 2**58),
)
clips = st.integers(1, 9) | st.sampled_from([2**31, 2**40])


def _sums(rows: list[dict[str, Any]], table: TableStructure, clip: int, *, holding: bool) -> ClippedSums:
    with memory_store(rows) as connection:
        asked = query(table, privacy_rules(at=clip), holding=holding)
        return clipped_sums(connection, asked, PERIOD, "s0001", clip, codelists=CODELISTS)


def _flat(clipped: ClippedSums) -> list[int]:
    return [value for m in clipped.structure.measures for value in clipped.sums.column(m.id).to_pylist()]


@settings(max_examples=examples(60), deadline=None)
@given(
    rows=st.lists(items, max_size=20),
    table=st.sampled_from(TABLES),
    clip=clips,
    holding=st.booleans(),
    gone=st.sampled_from("ABCD"),
)
def test_one_contributor_more_or_less(
    rows: list[dict[str, Any]], table: TableStructure, clip: int, holding: bool, gone: str
) -> None:
    """A and B are one holding: with holdings, they come and go together."""
    rows = [{**row, "enterprise_group": "G" if row["importer"] in "AB" else None} for row in rows]
    leaving = {"A", "B"} if holding and gone in "AB" else {gone}
    whole = _sums(rows, table, clip, holding=holding)
    fewer = _sums([row for row in rows if row["importer"] not in leaving], table, clip, holding=holding)
    assert whole.scale == fewer.scale
    moved = sum((a - b) ** 2 for a, b in zip(_flat(whole), _flat(fewer), strict=True))
    assert moved <= (clip * whole.scale) ** 2


@settings(max_examples=examples(30), deadline=None)
@given(rows=st.lists(items, max_size=20), table=st.sampled_from(TABLES), clip=clips)
def test_one_contributor_is_shrunk_to_the_clip_and_no_further(
    rows: list[dict[str, Any]], table: TableStructure, clip: int
) -> None:
    """Alone, its norm is its own or the clip, but for what rounding takes: less than 1 a coordinate."""
    alone = [{**row, "importer": "A"} for row in rows]
    clipped = _sums(alone, table, clip, holding=False)
    with memory_store(alone) as connection:
        found = norms(connection, query(table, privacy_rules()), PERIOD, codelists=CODELISTS).column("norm")
    norm = max(found.to_pylist(), default=0)
    length = sum(value * value for value in _flat(clipped)) ** 0.5
    wanted = min(norm, clip) * clipped.scale
    assert wanted * (1 - 1e-6) - len(_flat(clipped)) - clipped.scale <= length <= wanted * (1 + 1e-12)


@settings(max_examples=examples(20), deadline=None)
@given(rows=st.lists(items, max_size=20), table=st.sampled_from(TABLES), data=st.data())
def test_the_order_of_rows_never_changes_the_sums(
    rows: list[dict[str, Any]], table: TableStructure, data: st.DataObject
) -> None:
    mixed = data.draw(st.permutations(rows))
    assert _flat(_sums(rows, table, 3, holding=False)) == _flat(_sums(mixed, table, 3, holding=False))
