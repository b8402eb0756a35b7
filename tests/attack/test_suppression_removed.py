"""Taking one secondary cell out of a pattern that needs it must be seen by an attacker, and by the checker."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from publisher.model.protected import ProtectedTable
from publisher.model.rules import SuppressionRules
from publisher.suppression.assemble import assemble, in_order
from publisher.suppression.protect import protect
from publisher.suppression.secondary import suppress
from publisher.suppression.witness import unproven
from tests.lib.attacker import key_of_row, puzzle
from tests.lib.cells import confidential_table
from tests.lib.tables import VALUE, codelist, dimension, structure

GOODS = codelist("GOODS", {"chapter": {"01": "_T", "02": "_T", "03": "_T"}})
PARTNERS = codelist("PARTNERS", {"country": {"CN": "_T", "DE": "_T", "FR": "_T"}})
TABLE = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=(VALUE,))
RULES = SuppressionRules("active", 3, frequency_level_percent=Fraction(20))

# one unsafe cell (01, CN: one trader); all others have four traders
LINES = [("01", "CN", 1, 100)]
LINES += [
    (chapter, country, trader, 50 + 7 * place)
    for place, (chapter, country) in enumerate((c, p) for c in ("01", "02", "03") for p in ("CN", "DE", "FR"))
    if (chapter, country) != ("01", "CN")
    for trader in (2, 3, 4, 5)
]
FRAME = pd.DataFrame(LINES, columns=["commodity", "partner", "trader", "statistical_value"])


def with_cell_shown(table: ProtectedTable, row: int, value: int) -> ProtectedTable:
    values = table.cells.column("statistical_value").to_pylist()
    values[row] = value
    place = table.cells.schema.get_field_index("statistical_value")
    return replace(table, cells=table.cells.set_column(place, "statistical_value", pa.array(values, pa.int64())))


def test_removing_any_secondary_is_caught_by_the_attacker() -> None:
    confidential = confidential_table(TABLE, FRAME)
    (out,) = protect([(confidential, RULES)])
    hidden = np.flatnonzero(out.cells.column("statistical_value").is_null().to_numpy()).tolist()
    truth = confidential.cells.column("statistical_value").to_pylist()
    unsafe = confidential.cells.column("contributors").to_pylist().index(1)
    key = key_of_row(TABLE, confidential.cells, unsafe, "statistical_value")
    least, most = puzzle([out]).interval(key)
    assert least <= 80
    assert most >= 120
    assert len(hidden) == 4
    for row in set(hidden) - {unsafe}:
        least, most = puzzle([with_cell_shown(out, row, truth[row])]).interval(key)
        assert (least, most) == (100, 100)


def test_removing_any_secondary_is_caught_by_the_checker() -> None:
    system = assemble(in_order([(confidential_table(TABLE, FRAME), RULES)])).system
    pattern = suppress(system)
    for cell in np.flatnonzero(pattern.suppressed & (system.upper_level == 0)):
        shown = pattern.suppressed.copy()
        shown[cell] = False
        assert unproven(system, shown, pattern.witnesses).tolist() == system.primaries.tolist()


@pytest.mark.parametrize("column", ["obs_status", "conf_status"])
def test_status_does_not_tell_primary_from_secondary(column: str) -> None:
    (out,) = protect([(confidential_table(TABLE, FRAME), RULES)])
    cells = out.cells.to_pandas()
    hidden = cells["statistical_value"].isna()
    assert cells.loc[hidden, column].nunique() == 1
    assert set(cells.loc[hidden, column]) & set(cells.loc[~hidden, column]) == set()


def test_a_hidden_number_is_nowhere_in_the_table() -> None:
    confidential = confidential_table(TABLE, FRAME.assign(statistical_value=FRAME["statistical_value"] * 1_000_003))
    (out,) = protect([(confidential, RULES)])
    truth = confidential.cells.column("statistical_value").to_pylist()
    hidden = out.cells.column("statistical_value").is_null().to_pylist()
    batches = out.cells.combine_chunks().to_batches()
    raw = b"".join(buffer.to_pybytes() for b in batches for c in b.columns for buffer in c.buffers() if buffer)
    for value, away in zip(truth, hidden, strict=True):
        if away:
            assert value.to_bytes(8, "little") not in raw
