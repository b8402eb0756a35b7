"""A clip chosen from the data, privately: a quantile of the contributors' norms.

Each candidate c is scored |(1 - q) #{norm < c} - q #{norm > c}|; one contributor more or less changes a score by at
most D = max(q, 1 - q). The least score after adding Gumbel-like noise of scale s wins, which has bounded range
2 D / s and so is rho-zCDP with rho = (2 D / s)^2 / 8 = D^2 / (2 s^2) (Cesar & Rogers 2021; quantile
scores: Smith 2011).
"""

from dataclasses import dataclass
from fractions import Fraction
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
    scale = at_least(max(quantile, 1 - quantile), rho) * _LEEWAY
    mechanism: Any = opendp.m.make_private_quantile(
        opendp.vector_domain(opendp.atom_domain(T="i64")),
        opendp.symmetric_distance(),
        opendp.zero_concentrated_divergence(),
        candidates=candidates(),
        alpha=float(quantile),
        scale=scale,
    )
    if Fraction(mechanism.map(1)) > rho:
        raise ProtectionError("OpenDP's privacy map of the private quantile exceeds its share of rho.")
    return PrivateQuantile(mechanism)
