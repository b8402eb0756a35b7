"""From noisy numbers to what a reader sees. Reads nothing but the measurement, so it costs no privacy."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.dp.consistent import DIMENSIONS, consistent
from publisher.dp.interval import half_widths
from publisher.dp.keys import all_keys, is_additive, key_columns
from publisher.dp.margins import terms, with_margins
from publisher.dp.noisy import NoisyMeasurement
from publisher.model.codelist import TOTAL, Hierarchy
from publisher.model.status import ConfStatus, ObsStatus
from publisher.model.structure import Measure, TableStructure

Integers = npt.NDArray[np.int64]
ONE_NODE = Hierarchy("", ("total",), (TOTAL,), ("",), (0,), (-1,))  # stands for a second dimension


def publishable_cells(structure: TableStructure, measurement: NoisyMeasurement) -> pa.Table:
    """The `cells` of a ProtectedTable, one row a key of keys.all_keys.

    value   whole and at least 0. Where a measure adds up, over one or two dimensions, every margin is exactly the
            sum of its parts (consistent.py); otherwise the noisy number itself, rounded and raised to 0
    lower   noisy number minus the half-width, rounded down, at least 0
    upper   noisy number, or 0 if that is larger, plus the half-width, rounded up

    The noisy number of a margin is the unbiased sum of the noisy finest cells. The interval is built around it, not
    around the value, and widened to the value where that lies outside; so the 95 % of the noise alone hold for every
    true number of at least 0, whatever was done to the value.
    """
    keys = all_keys(structure)
    columns = key_columns(structure, keys)
    for measure in structure.measures:
        noisy, widths = _noisy(structure, measure, measurement)
        value = _value(structure, measure, noisy, measurement.scale)
        columns |= _columns(measure.id, value, noisy, widths, measurement.scale)
    rows = len(keys[0])
    columns["obs_status"] = pa.array([ObsStatus.ESTIMATED.value] * rows, pa.string())
    columns["conf_status"] = pa.array([ConfStatus.FREE.value] * rows, pa.string())
    return pa.table(columns)


def adds_up(structure: TableStructure, measure: Measure) -> bool:
    """Whether the published margins of this measure are exactly the sums of their parts."""
    return is_additive(measure) and len(structure.dimensions) <= DIMENSIONS


def _noisy(structure: TableStructure, measure: Measure, measurement: NoisyMeasurement) -> tuple[Integers, Integers]:
    """Noisy numbers and half-widths, one a published cell, in units of 1/scale."""
    measured = measurement.of(measure.id)
    if is_additive(measure):
        return with_margins(structure, measured), half_widths(measurement.sigma, terms(structure))
    return measured, half_widths(measurement.sigma, np.ones(len(measured), dtype=np.int64))


def _value(structure: TableStructure, measure: Measure, noisy: Integers, scale: int) -> Integers:
    if not adds_up(structure, measure):
        return np.maximum((2 * noisy + scale) // (2 * scale), 0)
    hierarchies = [dimension.hierarchy for dimension in structure.dimensions]
    first, second = (*hierarchies, ONE_NODE)[:DIMENSIONS]
    shape = len(first.codes), len(second.codes)
    estimates, variances = (noisy / scale).reshape(shape), terms(structure).astype(np.float64).reshape(shape)
    return consistent(first, second, estimates, variances).ravel()


def _columns(name: str, value: Integers, noisy: Integers, widths: Integers, scale: int) -> dict[str, "pa.Array[Any]"]:
    lower = np.minimum(np.maximum((noisy - widths) // scale, 0), value)
    upper = np.maximum(-((-np.maximum(noisy, 0) - widths) // scale), value)
    return {name: pa.array(value), f"{name}_lower": pa.array(lower), f"{name}_upper": pa.array(upper)}
