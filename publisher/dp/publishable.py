"""From noisy numbers to what a reader sees. Reads nothing but the measurement, so it costs no privacy."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.fold import consistent_table
from publisher.dp.interval import half_widths
from publisher.dp.keys import all_keys, is_additive, key_columns
from publisher.dp.levels import Levels
from publisher.dp.noisy import NoisyMeasurement
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Measure, TableStructure

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
ROUNDING = 1e-9  # of a unit: what floating point may miss a whole number by


def publishable_cells(structure: TableStructure, measurement: NoisyMeasurement) -> pa.Table:
    """The `cells` of a ProtectedTable, one row a key of keys.all_keys.

    value   whole and at least 0. Where a measure adds up, every margin is exactly the sum of its parts
            (consistent.py); otherwise the noisy number itself, rounded and raised to 0
    lower   estimate minus half-width, rounded down, at least 0
    upper   estimate, or 0 if that is larger, plus half-width, rounded up

    The estimate is the best linear unbiased one from all that was measured (levels.py; for the finest cells alone:
    their sums). The interval is built around it, not around the value, and widened to the value where that lies
    outside; so the 95 % of the noise alone hold for every true number of at least 0, whatever was done to the value.
    """
    keys = all_keys(structure)
    columns = key_columns(structure, keys)
    for measure in structure.measures:
        estimates, variances = _estimates(structure, measure, measurement)
        value = _value(structure, measure, estimates, variances)
        widths = half_widths(measurement.sigma, variances) / measurement.scale
        columns |= _columns(measure.id, value, estimates, widths)
    rows = len(keys[0])
    columns["obs_status"] = pa.array([ObsStatus.ESTIMATED.value] * rows, pa.string())
    columns["conf_status"] = pa.array([ConfStatus.FREE.value] * rows, pa.string())
    return pa.table(columns)


def _estimates(structure: TableStructure, measure: Measure, measurement: NoisyMeasurement) -> tuple[Reals, Reals]:
    """In whole units, and variances as multiples of sigma^2; one a published cell."""
    measured = measurement.of(measure.id)
    if is_additive(measure):
        levels = Levels(structure, measurement.weights)
        return levels.estimates(measured) / measurement.scale, levels.variances()
    return measured / measurement.scale, np.ones(len(measured))


def _value(structure: TableStructure, measure: Measure, estimates: Reals, variances: Reals) -> Integers:
    if is_additive(measure):
        return consistent_table(structure, estimates, variances)
    return np.maximum(np.floor(estimates + 0.5), 0).astype(np.int64)


def _columns(name: str, value: Integers, estimates: Reals, widths: Reals) -> dict[str, "pa.Array[Any]"]:
    low = np.floor(estimates - widths + ROUNDING).astype(np.int64)
    high = np.ceil(np.maximum(estimates, 0) + widths - ROUNDING).astype(np.int64)
    lower, upper = np.minimum(np.maximum(low, 0), value), np.maximum(high, value)
    return {name: pa.array(value), f"{name}_lower": pa.array(lower), f"{name}_upper": pa.array(upper)}
