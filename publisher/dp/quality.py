"""The quality gate: which noisy numbers are not shown because the noise would drown them.

It reads the noisy table and the rules of the query, nothing else, so it costs no privacy and gives the same answer
for equal noisy tables, whatever was behind them.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.finest import beyond, finest_by_noise, finest_by_share
from publisher.model.privacy import QualityRules
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import TableStructure

Flags = npt.NDArray[np.bool_]
Reals = npt.NDArray[np.float64]
HIDDEN = (
    "They are marked U, not shown because of the noise, and keep their interval. Only noisy numbers decide this, so "
    "it says nothing about any company; a difference of shown numbers can make up for a hidden one. Intervals hold "
    "in 95 of 100 cases over all cells, shown or not: a number that is shown because noise made it large lies "
    "outside its interval more often."
)


def gate(
    structure: TableStructure, cells: pa.Table, half_widths: Mapping[str, Reals], rules: QualityRules | None
) -> pa.Table:
    """`cells` with U and null in place of what is too uncertain; intervals stay, they are noise and no secret.

    `cells` is a table of publishable.py in which all is shown, `half_widths` the noise of each measure's estimates. A
    row is hidden whole: one measure that is too uncertain hides the others.
    """
    if rules is None:
        return cells
    hidden = too_uncertain(structure, cells, rules)
    if rules.finest_share_percent is not None:
        hidden |= beyond(structure, finest_by_share(structure, cells, ~hidden, rules.finest_share_percent))
    if rules.finest_half_width is not None:
        hidden |= beyond(structure, finest_by_noise(structure, half_widths, rules.finest_half_width))
    return _without(structure, cells, hidden)


def too_uncertain(structure: TableStructure, cells: pa.Table, rules: QualityRules) -> Flags:
    """One flag a row: whether a margin is above the percentage that the rules allow. Any margin of a 0 is."""
    found = np.zeros(cells.num_rows, dtype=np.bool_)
    if rules.hide_above_percent is not None:
        for measure in structure.measures:
            found |= _above(cells, measure.id, rules.hide_above_percent)
    return found


def _above(cells: pa.Table, measure: str, percent: Fraction) -> Flags:
    """margin / value > percent / 100, in whole numbers; the margin is the distance to the farther end."""
    value, lower, upper = (
        cells.column(f"{measure}{end}").to_numpy().astype(object) for end in ("", "_lower", "_upper")
    )
    margin = np.maximum(value - lower, upper - value)
    above = margin * (100 * percent.denominator) > value * percent.numerator
    return np.asarray(above | (value == 0), dtype=np.bool_)


def _without(structure: TableStructure, cells: pa.Table, hidden: Flags) -> pa.Table:
    """The numbers of hidden rows taken out, and their status set."""
    columns: dict[str, Any] = {name: cells.column(name) for name in cells.column_names}
    for measure in structure.measures:
        columns[measure.id] = pa.array(cells.column(measure.id).to_numpy(), pa.int64(), mask=hidden)
    shown = ObsStatus.ESTIMATED.value, ConfStatus.FREE.value
    instead = ObsStatus.LOW_RELIABILITY.value, ConfStatus.CONFIDENTIAL.value
    for name, own, other in zip(("obs_status", "conf_status"), shown, instead, strict=True):
        columns[name] = pa.array(np.where(hidden, other, own).tolist(), pa.string())
    return pa.table(columns)


def quality_notes(rules: QualityRules | None) -> tuple[str, ...]:
    """What the gate says to readers."""
    if rules is None:
        return ()
    reasons = []
    if rules.hide_above_percent is not None:
        reasons.append(f"Numbers whose margin is above {_decimal(rules.hide_above_percent)} % of them are not shown.")
    if rules.finest_share_percent is not None:
        reasons.append(
            "Detail is shown down to the finest level at which the numbers that can be shown make up "
            f"{_decimal(rules.finest_share_percent)} % of all."
        )
    if rules.finest_half_width is not None:
        reasons.append(
            "Detail is shown down to the finest level at which the noise leaves a margin of at most "
            f"{_decimal(rules.finest_half_width)}."
        )
    return (" ".join([*reasons, HIDDEN]),)


def _decimal(number: Fraction) -> str:
    return f"{float(number):g}"
