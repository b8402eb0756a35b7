"""The best linear unbiased numbers that one or more measurements give, and how uncertain each is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from publisher.dp.interval import Draws, half_widths
from publisher.dp.keys import is_additive
from publisher.dp.levels import Levels
from publisher.dp.noisy import NoisyMeasurement
from publisher.model.structure import Measure, TableStructure

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Estimate:
    """One measure: `numbers` in the measure's whole units and `variances` in their square, one a key of
    keys.all_keys, before any post-processing. `draws` is the noise in them. No variance depends on data."""

    numbers: Reals
    variances: Reals
    draws: Draws

    def half_widths(self) -> Reals:
        """What the noise of each number exceeds in at most 5 % of draws."""
        return half_widths(self.variances, self.draws)


def estimates_of(structure: TableStructure, measurement: NoisyMeasurement) -> Mapping[str, Estimate]:
    """measure -> its estimate."""
    return {measure.id: _estimate(structure, measure, measurement) for measure in structure.measures}


def _estimate(structure: TableStructure, measure: Measure, measurement: NoisyMeasurement) -> Estimate:
    measured, scale, sigma = measurement.of(measure.id), measurement.scale, measurement.sigma
    numbers, variances, alike = measured.astype(np.float64), np.ones(len(measured)), True
    if is_additive(measure):
        levels = Levels(structure, measurement.weights)
        numbers, variances, alike = levels.estimates(measured), levels.variances(), not measurement.weights
    draws = Draws(sigma, scale, len(measured), alike)
    return Estimate(numbers / scale, variances * (sigma / scale) ** 2, draws)
