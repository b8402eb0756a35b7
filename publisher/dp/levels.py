"""Which levels of an additive measure are measured, and with which weight.

A cell of weight w is measured as w times its number, under the same noise as every other: the larger the weight, the
better it is known and the more of the clip it takes. Weights of a cell are the product of its dimensions' weights.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import cast

import numpy as np
import numpy.typing as npt

from publisher.dp.gls import best_estimates, best_variances
from publisher.errors import ProtectionError
from publisher.model.codelist import Hierarchy
from publisher.model.level_plan import Cut, LevelPlan
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]
SUMMED = (
    "{}: each contributor counts once in every finest cell it is in, and totals are the sums of these; the total is "
    "therefore not the number of different contributors, but larger."
)
LevelWeights = tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Levels:
    """The weights of one table. Raises ProtectionError for weights that do not fit its dimensions."""

    structure: TableStructure
    weights: LevelWeights

    def __post_init__(self) -> None:
        for dimension, weights in zip(self.structure.dimensions, self._given, strict=False):
            if len(weights) != len(dimension.hierarchy.levels) or min(weights) < 0 or weights[-1] < 1:
                raise ProtectionError(
                    f"weights of {dimension.column} must be whole, one a level, the finest at least 1.",
                    place=self.structure.id,
                )
        if len(self._given) != len(self.structure.dimensions):
            raise ProtectionError("weights must be given for every dimension.", place=self.structure.id)

    @property
    def _given(self) -> LevelWeights:
        finest_only = tuple((0,) * (len(d.hierarchy.levels) - 1) + (1,) for d in self.structure.dimensions)
        return self.weights or finest_only

    def by_node(self) -> list[Integers]:
        """For each dimension, one weight a node."""
        return [
            by_node(dimension.hierarchy, weights).astype(np.int64)
            for dimension, weights in zip(self.structure.dimensions, self._given, strict=True)
        ]

    def by_key(self) -> Integers:
        """One weight a key of keys.all_keys, 0 where not measured."""
        return cast(Integers, _outer(self.by_node()))

    def estimates(self, numbers: Integers) -> Reals:
        """Best linear unbiased numbers, one a key of keys.all_keys, from measured ones (weighted, noisy)."""
        weights = self.by_key()
        found = (numbers / np.maximum(weights, 1)).reshape(
            [len(d.hierarchy.codes) for d in self.structure.dimensions]
        )
        for axis, (dimension, own) in enumerate(zip(self.structure.dimensions, self.by_node(), strict=True)):
            along = best_estimates(dimension.hierarchy, np.moveaxis(found, axis, 0), own.astype(np.float64))
            found = np.moveaxis(along, 0, axis)
        return found.ravel()

    def variances(self) -> Reals:
        """Of the estimates, as multiples of sigma^2, one a key of keys.all_keys. Depends on no data."""
        trees = zip(self.structure.dimensions, self.by_node(), strict=True)
        return cast(Reals, _outer([best_variances(d.hierarchy, own.astype(np.float64)) for d, own in trees]))


def margin_notes(structure: TableStructure) -> tuple[str, ...]:
    """What to say of distinct counts whose totals are sums."""
    once = [m.title for m in structure.measures if m.aggregate == "count_distinct" and m.adds_up]
    return tuple(SUMMED.format(title) for title in once)


def level_name(structure: TableStructure, cut: Cut) -> str:
    """Such as "chapter x country"."""
    return " x ".join(d.hierarchy.levels[level] for d, level in zip(structure.dimensions, cut, strict=True))


def clip_by_level(structure: TableStructure, plan: LevelPlan) -> tuple[tuple[str, int], ...]:
    """(level, clip) of each level that is measured."""
    return tuple((level_name(structure, cut), clip) for cut, clip in plan.clips.items())


def sigma_by_level(structure: TableStructure, weights: LevelWeights, sigma: float) -> tuple[tuple[str, float], ...]:
    """(level, standard deviation of the noise on one of its numbers), in the order of clip_by_level; () without
    weights."""
    if not weights:
        return ()
    weight = {cut: prod(own[n] for own, n in zip(weights, cut, strict=True)) for cut in _cuts(weights)}
    return tuple((level_name(structure, cut), sigma / weight[cut]) for cut in weight if weight[cut])


def _cuts(weights: LevelWeights) -> Iterator[Cut]:
    return product(*(range(len(own)) for own in weights))


def by_node(hierarchy: Hierarchy, weights: Sequence[float]) -> Reals:
    """One weight a node: that of its level, of the finest level for a leaf."""
    own = np.array(weights, dtype=np.float64)[list(hierarchy.level_of)]
    own[list(hierarchy.leaves)] = weights[-1]
    return own


def _outer(parts: list[npt.NDArray[np.int64]] | list[npt.NDArray[np.float64]]) -> npt.NDArray[np.generic]:
    product = parts[0]
    for part in parts[1:]:
        product = np.multiply.outer(product, part).ravel()
    return product
