"""From noisy numbers to what a reader sees. Reads nothing but the measurement, so it costs no privacy."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.estimate import Estimate, estimates_of
from publisher.dp.fold import consistent_table
from publisher.dp.keys import all_keys, is_additive, key_columns
from publisher.dp.noisy import NoisyMeasurement
from publisher.dp.quality import gate
from publisher.model.privacy import QualityRules
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Measure, TableStructure

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
ROUNDING = 1e-9  # of a unit: what floating point may miss a whole number by


def publishable_cells(
    structure: TableStructure, measurement: NoisyMeasurement, quality: QualityRules | None = None
) -> pa.Table:
    """The `cells` of a ProtectedTable, one row a key of keys.all_keys, made from one measurement."""
    return printed_cells(structure, estimates_of(structure, measurement), quality)


def printed_cells(
    structure: TableStructure, estimates: Mapping[str, Estimate], quality: QualityRules | None = None
) -> pa.Table:
    """The `cells` of a ProtectedTable from the estimates of each measure.

    value   whole and at least 0. Where a measure adds up, every margin is exactly the sum of its parts
            (consistent.py); otherwise the noisy number itself, rounded and raised to 0. Null where the gate hides
            the cell (quality.py)
    lower   estimate minus half-width, rounded down, at least 0
    upper   estimate, or 0 if that is larger, plus half-width, rounded up

    The interval is built around the estimate, not around the value, and widened to the value where that lies
    outside; so the 95 % of the noise alone hold for every true number of at least 0, whatever was done to the value.
    """
    keys = all_keys(structure)
    columns = key_columns(structure, keys)
    for measure in structure.measures:
        estimate = estimates[measure.id]
        columns |= _columns(measure.id, _value(structure, measure, estimate), estimate)
    rows = len(keys[0])
    columns["obs_status"] = pa.array([ObsStatus.ESTIMATED.value] * rows, pa.string())
    columns["conf_status"] = pa.array([ConfStatus.FREE.value] * rows, pa.string())
    widths = {name: estimate.half_widths() for name, estimate in estimates.items()}
    return gate(structure, pa.table(columns), widths, quality)


def _value(structure: TableStructure, measure: Measure, estimate: Estimate) -> Integers:
    if is_additive(measure):
        return consistent_table(structure, estimate.numbers, estimate.variances)
    return np.maximum(np.floor(estimate.numbers + 0.5), 0).astype(np.int64)


def _columns(name: str, value: Integers, estimate: Estimate) -> dict[str, "pa.Array[Any]"]:
    middle, width = estimate.numbers, estimate.half_widths()
    low = np.floor(middle - width + ROUNDING).astype(np.int64)
    high = np.ceil(np.maximum(middle, 0) + width - ROUNDING).astype(np.int64)
    lower, upper = np.minimum(np.maximum(low, 0), value), np.maximum(high, value)
    return {name: pa.array(value), f"{name}_lower": pa.array(lower), f"{name}_upper": pa.array(upper)}
