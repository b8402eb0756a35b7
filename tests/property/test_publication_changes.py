"""Of any two small editions: the old table and the changes give the new one, and hidden numbers are nowhere."""

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from publisher.publication.lifecycle.changes import changes
from tests.lib.examples import examples
from tests.lib.small_edition import Codes, edition, exact

CODES: list[Codes] = [("_T", "_T"), ("01", "_T"), ("01", "KR"), ("01", "NA"), ("02", "KR"), ("99", "_T")]

numbers = st.none() | st.integers(0, 3) | st.integers(-(2**62), 2**62)
tables = st.dictionaries(st.sampled_from(CODES), numbers)


@settings(max_examples=examples(25), deadline=None)
@given(tables, tables)
def test_the_changes_are_the_difference(before: dict[Codes, int | None], now: dict[Codes, int | None]) -> None:
    with TemporaryDirectory() as folder:
        for version, cells in enumerate((before, now), 1):
            table = exact({codes: (value, value) for codes, value in cells.items()})
            edition(Path(folder) / str(version), table, version=version)
        (found,) = changes(Path(folder) / "1", Path(folder) / "2").tables
    shown = {codes: value for codes, value in before.items() if value is not None}
    for row in found.rows().to_pylist():
        codes, what = (row["commodity"], row["partner"]), row["statistical_value_change"]
        old, new = row["statistical_value_before"], row["statistical_value_now"]
        assert what != "unchanged" and (old is None or old == before[codes])
        if what in ("no longer shown", "removed"):
            shown.pop(codes, None)
            assert new is None and (what == "removed" or old is None)
        elif new is not None:
            shown[codes] = new
    assert shown == {codes: value for codes, value in now.items() if value is not None}
    assert sum(found.measures[0].counts.values()) == len(before.keys() | now.keys())
