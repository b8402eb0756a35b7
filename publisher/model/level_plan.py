"""Which levels of a noisy table are measured, how exactly, and how much of one contributor counts at each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import isqrt, prod

Cut = tuple[int, ...]  # for each dimension the number of a level in its hierarchy, 0 the coarsest
RESOLUTION = 1000  # the smallest weight of a dimension: clipped numbers are rounded down to a thousandth or less
LARGEST_SQUARE = 2**80  # of the sensitivity; beyond it no 64-bit sum would be safe


@dataclass(frozen=True)
class LevelPlan:
    """A number of cut c is measured as `weight(c)` times the clipped number, under the same noise as every other.

    `weights`: for each dimension a whole number for each of its levels, the finest above 0; a cut's weight is their
    product, 0: not measured. `clips`: the L2 bound on one contributor's vector at each cut that is measured.
    """

    weights: tuple[tuple[int, ...], ...]
    clips: Mapping[Cut, int]

    def __post_init__(self) -> None:
        levels = product(*(range(len(weights)) for weights in self.weights))
        if {cut for cut in levels if self.weight(cut)} != set(self.clips) or min(self.clips.values(), default=0) < 1:
            raise ValueError("a plan has a clip of at least 1 for each level that it measures, and for no other")

    def weight(self, cut: Cut) -> int:
        return prod(weights[level] for weights, level in zip(self.weights, cut, strict=True))

    @property
    def squared_sensitivity(self) -> int:
        """D^2 = sum of (weight * clip)^2: the most one contributor moves the vector of all levels, squared. Whole."""
        return sum((self.weight(cut) * clip) ** 2 for cut, clip in self.clips.items())

    def share(self, cut: Cut) -> Fraction:
        """The part of rho that the numbers of this cut spend; over all cuts they add up to 1."""
        return Fraction((self.weight(cut) * self.clips[cut]) ** 2, self.squared_sensitivity)


def plan_of_shares(levels: Sequence[int], clips: Mapping[Cut, int], shares: Mapping[Cut, Fraction]) -> LevelPlan:
    """The plan in which each cut spends its share, but for what whole weights cannot say (half a percent of it, more
    where clips are so large that weights must be small).

    `levels`: how many each dimension has. Raises ValueError, in words for the writer of a query, as plan_of_ratios
    does, and where the shares do not multiply: least squares over several trees needs share / clip^2 to be a product
    of one number a dimension.
    """
    precision = {cut: shares[cut] / clip**2 for cut, clip in clips.items()}
    finest = tuple(count - 1 for count in levels)
    ratios = [
        {cut[place]: precision[cut] / precision[finest] for cut in clips if _beside(cut, finest, place)}
        for place in range(len(levels))
    ]
    plan = plan_of_ratios(levels, clips, ratios)
    for cut, given in precision.items():
        if given != precision[finest] * prod(ratio[level] for ratio, level in zip(ratios, cut, strict=True)):
            raise ValueError(
                "share / clip^2 of the levels must be a product of one number for each dimension's level"
            )
    return plan


def plan_of_ratios(
    levels: Sequence[int], clips: Mapping[Cut, int], ratios: Sequence[Mapping[int, Fraction]]
) -> LevelPlan:
    """`ratios`: for each dimension, level -> how much better than its finest level it is measured (in 1 / variance).

    Raises ValueError where the cuts that have a clip are not all combinations of some levels of each dimension, the
    finest among them, or where the clips are too large for any weights.
    """
    if set(clips) != set(product(*ratios)) or any(
        count - 1 not in r for count, r in zip(levels, ratios, strict=True)
    ):
        raise ValueError("all combinations of the levels named must be measured, the finest among them")
    resolution = RESOLUTION
    while resolution:
        weights = tuple(_weights(count, r, resolution) for count, r in zip(levels, ratios, strict=True))
        plan = LevelPlan(weights, dict(sorted(clips.items())))
        if plan.squared_sensitivity <= LARGEST_SQUARE:
            return plan
        resolution //= 10
    raise ValueError("the clips are too large to measure several levels")


def _weights(count: int, ratios: Mapping[int, Fraction], resolution: int) -> tuple[int, ...]:
    """Whole numbers near the roots of the ratios, the smallest of them `resolution`; 0 for other levels."""
    least = min(ratios.values())
    return tuple(_root(resolution**2 * ratios[n] / least) if n in ratios else 0 for n in range(count))


def _root(square: Fraction) -> int:
    return isqrt(square.numerator // square.denominator)


def _beside(cut: Cut, finest: Cut, place: int) -> bool:
    """Whether a cut is the finest but for one dimension."""
    return all(level == end for n, (level, end) in enumerate(zip(cut, finest, strict=True)) if n != place)
