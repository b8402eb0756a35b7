"""From noisy numbers to what a reader sees. Reads nothing but the measurement, so it costs no privacy."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.interval import half_widths
from publisher.dp.keys import all_keys, is_additive, key_columns
from publisher.dp.margins import terms, with_margins
from publisher.dp.noisy import NoisyMeasurement
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Measure, TableStructure

Integers = npt.NDArray[np.int64]


def publishable_cells(structure: TableStructure, measurement: NoisyMeasurement) -> pa.Table:
    """The `cells` of a ProtectedTable, one row a key of keys.all_keys.

    value   the noisy number (margins: the sum of the noisy finest cells), rounded to a whole unit, at least 0
    lower   noisy number minus the half-width, rounded down, at least 0
    upper   noisy number, or 0 if that is larger, plus the half-width, rounded up

    Margins are summed before rounding and clamping: unbiased, but printed parts need not add up exactly.
    Raising a negative noisy number to 0 before the upper end is taken can only widen the interval, so
    the 95 % of the noise alone still hold for every true number of at least 0.
    """
    keys = all_keys(structure)
    columns = key_columns(structure, keys)
    for measure in structure.measures:
        noisy, widths = _noisy(structure, measure, measurement)
        columns |= _columns(measure.id, noisy, widths, measurement.scale)
    rows = len(keys[0])
    columns["obs_status"] = pa.array([ObsStatus.ESTIMATED.value] * rows, pa.string())
    columns["conf_status"] = pa.array([ConfStatus.FREE.value] * rows, pa.string())
    return pa.table(columns)


def _noisy(structure: TableStructure, measure: Measure, measurement: NoisyMeasurement) -> tuple[Integers, Integers]:
    """Noisy numbers and half-widths, one a published cell, in units of 1/scale."""
    measured = measurement.of(measure.id)
    if is_additive(measure):
        return with_margins(structure, measured), half_widths(measurement.sigma, terms(structure))
    return measured, half_widths(measurement.sigma, np.ones(len(measured), dtype=np.int64))


def _columns(name: str, noisy: Integers, widths: Integers, scale: int) -> dict[str, "pa.Array[Any]"]:
    value = np.maximum((2 * noisy + scale) // (2 * scale), 0)
    lower = np.maximum((noisy - widths) // scale, 0)
    upper = -((-np.maximum(noisy, 0) - widths) // scale)
    return {name: pa.array(value), f"{name}_lower": pa.array(lower), f"{name}_upper": pa.array(upper)}
