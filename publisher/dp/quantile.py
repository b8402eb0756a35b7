"""Quantiles by OpenDP's private quantile: of contributors' norms, for a clip, and of rows, for a table.

Each candidate c is scored |(1 - q) #{x < c} - q #{x > c}|; one number more or less changes a score by at most
D = max(q, 1 - q), and r numbers more or less by at most r D. The least score after adding Gumbel-like noise of scale
s wins, which has bounded range 2 r D / s and so is rho-zCDP with rho = (2 r D / s)^2 / 8 = (r D)^2 / (2 s^2)
(Cesar & Rogers 2021; quantile scores: Smith 2011).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import opendp.prelude as opendp

from publisher.dp.gaussian import at_least
from publisher.errors import ProtectionError

opendp.enable_features("contrib")

LARGEST_CANDIDATE = 2**40
_LEEWAY = 1 + 1e-9  # OpenDP rounds its map up; so much more noise pays for it


def candidates() -> list[int]:
    """The possible clips: whole numbers about a tenth apart, the same for all data."""
    ladder = [1]
    while ladder[-1] < LARGEST_CANDIDATE:
        ladder.append(max(ladder[-1] + 1, ladder[-1] * 11 // 10))
    return ladder[:-1]


@dataclass(frozen=True)
class PrivateQuantile:
    """Ready to draw; everything that can be refused has been."""

    mechanism: Any

    def draw(self, norms: npt.NDArray[np.float64]) -> int:
        """A candidate near the quantile of `norms`, one number a contributor. Spends its rho."""
        return int(self.mechanism(np.ceil(np.clip(norms, 0, LARGEST_CANDIDATE)).astype(np.int64)))


def private_quantile(quantile: Fraction, rho: Fraction) -> PrivateQuantile:
    """Raises ProtectionError where there is no rho to spend or OpenDP's map asks for more of it."""
    if rho <= 0 or not 0 < quantile < 1:
        raise ProtectionError(
            "a private clip needs a quantile between 0 and 1 and a positive share of rho.",
            remedy="Set rho_share in the query's clip.",
        )
    return PrivateQuantile(quantile_mechanism(candidates(), quantile, rho, numbers=1))


def quantile_mechanism(options: Sequence[int], quantile: Fraction, rho: Fraction, *, numbers: int) -> Any:
    """OpenDP's mechanism with a scale for which `numbers` numbers more or less cost at most rho.

    Its map is quadratic in the numbers, (r D)^2 / (2 s^2), so groups of m_1, m_2, ... numbers in data sets that are
    drawn from one by one cost rho together where sum m_j^2 <= `numbers`^2. Raises ProtectionError for candidates that
    do not ascend (OpenDP takes any order), and where OpenDP's own map asks for more than rho.
    """
    if any(one >= after for one, after in pairwise(options)):
        raise ProtectionError("the candidates of a private quantile must ascend.")
    mechanism: Any = opendp.m.make_private_quantile(
        opendp.vector_domain(opendp.atom_domain(T="i64")),
        opendp.symmetric_distance(),
        opendp.zero_concentrated_divergence(),
        candidates=list(options),
        alpha=float(quantile),
        scale=quantile_scale(quantile, rho, numbers),
    )
    if Fraction(mechanism.map(numbers)) > rho:
        raise ProtectionError("OpenDP's privacy map of the private quantile exceeds its share of rho.")
    return mechanism


def quantile_scale(quantile: Fraction, rho: Fraction, numbers: int) -> float:
    """The scale at which `numbers` numbers more or less cost rho, and a billionth more for OpenDP's rounding up."""
    return at_least(numbers * max(quantile, 1 - quantile), rho) * _LEEWAY
