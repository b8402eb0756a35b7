"""Which levels are measured with which share of rho: fixed in the query, or chosen by expected error.

The expected error is that of the noise after least squares, in closed form. No function here takes data: what it
would not see (how much clipping takes away, how many cells are empty) must not be seen.

The worst level counts. Each level that the query names, the finest cells among them, is compared with measuring it
alone with the whole rho and the same clip; the plan chosen makes the largest of these ratios of root mean squared
errors the smallest. (The plain sum over cells would leave everything to the finest level, which has most cells.)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product
from math import inf, log2, prod, sqrt

import numpy as np

from publisher.dp.gls import best_variances
from publisher.dp.levels import Levels, by_node, level_name
from publisher.errors import ProtectionError
from publisher.model.level_plan import Cut, LevelPlan, plan_of_ratios, plan_of_shares
from publisher.model.privacy import PrivacyRules
from publisher.model.structure import TableStructure

Point = tuple[float, ...]
Weights = tuple[tuple[float, ...], ...]
MOST_CHOSEN = 4  # weights that are searched for together
_SAME = 1 + 1e-9
_STEPS = [2.0 ** (1 - turn) for turn in range(10)]  # of the logarithms (base 2) of the weights


def level_plan(structure: TableStructure, rules: PrivacyRules) -> LevelPlan | None:
    """What the query asks for; None where it names no level. Raises ProtectionError for what cannot be measured."""
    if rules.levels is None:
        return None
    if not isinstance(rules.clip.at, int):
        raise ProtectionError("levels can only be measured with a fixed clip each.", place=structure.id)
    levels = [dimension.hierarchy.levels for dimension in structure.dimensions]
    finest = tuple(len(names) - 1 for names in levels)
    cuts = [tuple(names.index(at) for names, at in zip(levels, level.at, strict=True)) for level in rules.levels]
    clips = {finest: rules.clip.at} | {cut: level.clip for cut, level in zip(cuts, rules.levels, strict=True)}
    shares = {cut: level.share for cut, level in zip(cuts, rules.levels, strict=True) if level.share is not None}
    if not shares:
        return choose(structure, clips)
    try:
        return plan_of_shares(
            [len(names) for names in levels], clips, shares | {finest: 1 - sum(shares.values(), Fraction(0))}
        )
    except ValueError as wrong:
        raise ProtectionError(f"{wrong}.", place=structure.id) from wrong


def expected_rmse(structure: TableStructure, plan: LevelPlan, rho: Fraction) -> dict[str, float]:
    """level -> root mean squared error of its numbers by noise alone, in units; all levels of the table."""
    sigma = sqrt(Fraction(plan.squared_sensitivity) / (2 * rho))
    shape = [len(dimension.hierarchy.codes) for dimension in structure.dimensions]
    variances = Levels(structure, plan.weights).variances().reshape(shape)
    found = {}
    for cut in product(*(range(len(weights)) for weights in plan.weights)):
        trees = (dimension.hierarchy for dimension in structure.dimensions)
        nodes = [np.flatnonzero(np.array(tree.level_of) == n) for tree, n in zip(trees, cut, strict=True)]
        found[level_name(structure, cut)] = sigma * sqrt(float(variances[np.ix_(*nodes)].mean()))
    return found


def choose(structure: TableStructure, clips: Mapping[Cut, int]) -> LevelPlan:
    """The plan with the smallest worst_ratio over weights for the levels that have a clip.

    Raises ProtectionError where these are not all combinations of some levels, or are more than can be searched.
    """
    finest = tuple(len(dimension.hierarchy.levels) - 1 for dimension in structure.dimensions)
    free = sorted({(place, n) for cut in clips for place, n in enumerate(cut) if n != finest[place]})
    if len(free) > MOST_CHOSEN:
        raise ProtectionError(
            f"shares can be chosen for at most {MOST_CHOSEN} levels of the dimensions besides the finest.",
            place=structure.id,
            remedy="Name fewer levels in the query, or give each its share.",
        )
    search = _Search(structure, clips, finest, tuple(free))
    weights = search.weights(search.best())
    ratios = [{n: Fraction(w) ** 2 for n, w in enumerate(own) if w} for own in weights]
    kept = {cut: clip for cut, clip in clips.items() if all(n in own for n, own in zip(cut, ratios, strict=True))}
    try:
        return plan_of_ratios([len(own) for own in weights], kept, ratios)
    except ValueError as wrong:
        raise ProtectionError(f"{wrong}.", place=structure.id) from wrong


def worst_ratio(structure: TableStructure, weights: Sequence[Sequence[float]], clips: Mapping[Cut, int]) -> float:
    """The largest, over the levels that have a clip, of the error under these weights by that of the level alone."""
    return _Search(structure, clips, (), ()).worst(tuple(map(tuple, weights)))


@dataclass(frozen=True)
class _Search:
    """A descent over logarithms (base 2) of the weights of `free` levels; the finest of each dimension weighs 1."""

    structure: TableStructure
    clips: Mapping[Cut, int]
    finest: Cut
    free: tuple[tuple[int, int], ...]
    known: dict[tuple[int, tuple[float, ...]], list[float]] = field(default_factory=dict)

    def best(self) -> Point:
        """From equal shares, a step in every direction while one helps, then half the step; then less levels."""
        here = tuple(log2(self.clips[self.finest] / self.clips.get(self._edge(*level), 1)) for level in self.free)
        worst = self._at(here)
        for step in _STEPS:
            while (nearest := min((self._at(point), point) for point in _around(here, step)))[0] < worst:
                worst, here = nearest
        for place in range(len(here)):
            without = (*here[:place], -inf, *here[place + 1 :])
            if self._at(without) <= worst * _SAME:
                here = without
        return here

    def weights(self, point: Point) -> Weights:
        logarithms = dict(zip(self.free, point, strict=True))
        return tuple(
            tuple(2.0 ** (0.0 if n == end else logarithms.get((place, n), -inf)) for n in range(end + 1))
            for place, end in enumerate(self.finest)
        )

    def worst(self, weights: Weights) -> float:
        sensitivity = sqrt(sum((_weight(weights, cut) * clip) ** 2 for cut, clip in self.clips.items()))
        errors = [self._errors(place, own) for place, own in enumerate(weights)]
        return max(sensitivity * _weight(errors, cut) / clip for cut, clip in self.clips.items())

    def _at(self, point: Point) -> float:
        return self.worst(self.weights(point))

    def _errors(self, place: int, own: tuple[float, ...]) -> list[float]:
        """For one dimension, the root mean squared error of each level, in multiples of sigma."""
        if (place, own) not in self.known:
            tree = self.structure.dimensions[place].hierarchy
            variances = best_variances(tree, by_node(tree, own))
            levels = np.array(tree.level_of)
            means = [sqrt(float(variances[levels == n].mean())) for n in range(len(own))]
            self.known[place, own] = means
        return self.known[place, own]

    def _edge(self, place: int, level: int) -> Cut:
        return (*self.finest[:place], level, *self.finest[place + 1 :])


def _around(here: Point, step: float) -> Iterator[Point]:
    for moves in product((-step, 0.0, step), repeat=len(here)):
        yield tuple(at + move for at, move in zip(here, moves, strict=True))


def _weight(of: Sequence[Sequence[float]], cut: Cut) -> float:
    return prod(own[level] for own, level in zip(of, cut, strict=True))
