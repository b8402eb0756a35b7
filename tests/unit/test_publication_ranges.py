"""Readers are told how many printed ranges are exact: counted from published cells, in words and in tables.json.

hidden   exact   what the page says
4        4       each range is exact
4        0       may be wider
4        3       3 of 4
0        0       nothing
"""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from publisher.model.protected import PrintedRanges, ProtectedTable
from publisher.publication import write_edition
from publisher.publication.tables.published import publishable
from publisher.publication.tables.range_notes import range_notes
from publisher.suppression.protect import protect
from tests.lib.protected_samples import PERIOD, PLAN, noisy_sample, suppression_sample
from tests.lib.published_site import OFFICE
from tests.lib.random_tables import TREES, tables
from tests.unit.test_suppression_protect import FRAME, RULES

ROOM = ("statistical_value", "net_mass")


def stated(*counts: tuple[int, int]) -> ProtectedTable:
    table = suppression_sample(60).table
    return replace(table, ranges=tuple(PrintedRanges(name, *pair) for name, pair in zip(ROOM, counts, strict=True)))


@pytest.mark.parametrize(
    ("counts", "sentences", "words"),
    [
        (((4, 4), (4, 4)), 1, "Each range is exact"),
        (((4, 0), (4, 0)), 1, "may be wider"),
        (((4, 4), (0, 0)), 1, "Each range is exact"),
        (((4, 3), (4, 4)), 2, "Statistical value: 3 of 4 ranges are exact"),
        (((4, 0), (4, 1)), 2, "Net mass: 1 of 4"),
        (((0, 0), (0, 0)), 0, ""),
    ],
)
def test_in_words(counts: tuple[tuple[int, int], ...], sentences: int, words: str) -> None:
    notes = range_notes(publishable(stated(*counts)))
    assert len(notes) == sentences
    assert words in " ".join(notes)


def test_nothing_is_said_where_nothing_was_stated() -> None:
    assert range_notes(publishable(suppression_sample(60).table)) == ()
    assert range_notes(publishable(noisy_sample())) == ()


def test_in_an_edition(tmp_path: Path) -> None:
    table = stated((7, 5), (7, 7))
    plan = replace(PLAN, queries=(table.structure.id,))
    write_edition(tmp_path, plan, PERIOD, 1, [table], OFFICE)
    (entry,) = json.loads((tmp_path / "metadata" / "tables.json").read_text("utf-8"))["tables"]
    assert entry["ranges"] == [
        {"measure": "statistical_value", "hidden": 7, "exact": 5},
        {"measure": "net_mass", "hidden": 7, "exact": 7},
    ]
    page = (tmp_path / "tables" / f"{table.structure.id}.html").read_text("utf-8")
    assert "5 of 7 ranges are exact" in page
    assert '<h3 id="range">' in (tmp_path / "methodology.html").read_text("utf-8")


def test_they_are_about_the_measures_of_the_table() -> None:
    with pytest.raises(ValueError, match="each measure"):
        replace(suppression_sample(60).table, ranges=(PrintedRanges("net_mass", 1, 1),))


def test_what_protect_counts_is_what_is_published() -> None:
    """Hidden cells are null cells; exact ones as many as where no range can be narrower."""
    (exact,) = protect([(*tables([TREES], FRAME), replace(RULES, intervals="exact"))])
    (quick,) = protect([(*tables([TREES], FRAME), replace(RULES, intervals="quick"))])
    for one, other in zip(exact.ranges, quick.ranges, strict=True):
        nulls = exact.cells.column(one.measure).null_count
        assert one.hidden == one.exact == other.hidden == nulls > 0
        lower, upper = (quick.cells.column(f"{one.measure}_{end}").to_pylist() for end in ("lower", "upper"))
        known = sum(a is not None and a == b for a, b in zip(lower, upper, strict=True))
        assert other.exact == known  # where nothing is solved, only a single value left is known to be exact


def test_tables_that_publish_the_same_state_the_same() -> None:
    """A unit moves round a square of hidden cells: other true values, and not a byte more or less for readers."""
    frame = FRAME.copy()
    for goods, country, change in (("0101", "DE", 1), ("0101", "FR", -1), ("0102", "DE", -1), ("0102", "FR", 1)):
        row = frame.index[(frame["commodity"] == goods) & (frame["partner"] == country)][0]
        frame.loc[row, "statistical_value"] += change
    one, other = (protect([(*tables([TREES], each), RULES)])[0] for each in (FRAME, frame))
    assert one.cells.equals(other.cells)
    assert one.ranges == other.ranges
