"""Discrete Gaussian noise, drawn by OpenDP and calibrated here once more by hand.

Adding N_Z(0, sigma^2) to each coordinate of an integer vector of L2 sensitivity D is rho-zCDP with
rho = D^2 / (2 sigma^2) (Canonne, Kamath & Steinke 2020, multivariate case); D and rho are exact here.
"""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt
import opendp.prelude as opendp

from publisher.errors import ProtectionError
from publisher.model.progress import NO_PROGRESS, Progress

opendp.enable_features("contrib")

Integers = npt.NDArray[np.int64]
CHUNK = 50_000
THREADS = 2
LARGEST_SENSITIVITY = 2**40  # beyond it 64-bit sums of noisy cells could overflow


@dataclass(frozen=True)
class GaussianNoise:
    """Noise for integer vectors: `sigma` suffices for `rho` where one contributor moves the vector, in L2, by at most
    the root of `squared_sensitivity`."""

    squared_sensitivity: int
    rho: Fraction
    sigma: float


def calibrate(sensitivity: int, rho: Fraction) -> GaussianNoise:
    """calibrate_squared for a whole sensitivity."""
    return calibrate_squared(max(sensitivity, 0) ** 2, rho)


def calibrate_squared(squared_sensitivity: int, rho: Fraction) -> GaussianNoise:
    """The smallest sigma, up to a few units in the last place, for which both our exact arithmetic and OpenDP's
    own map stay within rho. Raises ProtectionError where there is none.

    Squared, because the sensitivity of several levels together is the root of a whole number and is never taken.
    """
    if not 0 < squared_sensitivity <= LARGEST_SENSITIVITY**2 or rho <= 0:
        raise ProtectionError(
            f"noise cannot be scaled: clip times scale must be 1 to {LARGEST_SENSITIVITY}, rho positive.",
            remedy="Lower the clip or raise rho in the query.",
        )
    sigma, moved = _sigma(Fraction(squared_sensitivity), rho), root_above(squared_sensitivity)
    for _ in range(64):
        if loss_by_opendp(moved, sigma) <= rho:
            return GaussianNoise(squared_sensitivity, rho, sigma)
        sigma = math.nextafter(sigma, math.inf)
    raise ProtectionError("OpenDP's privacy map does not agree with rho = D^2 / (2 sigma^2). Nothing was drawn.")


def at_least(sensitivity: Fraction, rho: Fraction) -> float:
    """The smallest float sigma with sensitivity^2 / (2 sigma^2) <= rho, in exact arithmetic."""
    return _sigma(sensitivity**2, rho)


def _sigma(squared_sensitivity: Fraction, rho: Fraction) -> float:
    sigma = math.sqrt(squared_sensitivity / (2 * rho))
    while 2 * rho * Fraction(sigma) ** 2 < squared_sensitivity:
        sigma = math.nextafter(sigma, math.inf)
    while 2 * rho * Fraction(math.nextafter(sigma, 0.0)) ** 2 >= squared_sensitivity:
        sigma = math.nextafter(sigma, 0.0)
    return sigma


def root_above(square: int) -> float:
    """The smallest float whose square is at least `square`: OpenDP's map takes a distance, and shall get no less."""
    root = math.sqrt(square)
    while Fraction(root) ** 2 < square:
        root = math.nextafter(root, math.inf)
    while Fraction(math.nextafter(root, 0.0)) ** 2 >= square:
        root = math.nextafter(root, 0.0)
    return root


def loss_by_opendp(sensitivity: float, sigma: float) -> Fraction:
    """rho by the mechanism's own map, exactly the number it returns."""
    loss = _mechanism(sigma).map(float(sensitivity))
    return Fraction(loss) if math.isfinite(loss) else Fraction(10**30)


def draw(values: Integers, noise: GaussianNoise, progress: Progress = NO_PROGRESS) -> Integers:
    """`values` plus independent discrete Gaussian noise. The only place where count noise is made.

    Coordinates get independent noise, so drawing the vector in chunks is the same as drawing it at once.
    OpenDP releases the interpreter's lock: threads use both cores.
    """
    mechanism = _mechanism(noise.sigma)
    chunks = [np.array(values[start : start + CHUNK], np.int64) for start in range(0, len(values), CHUNK)]
    noisy: list[Integers] = []
    with ThreadPoolExecutor(THREADS) as threads:
        for chunk in threads.map(mechanism, chunks):
            noisy.append(np.array(chunk, dtype=np.int64))
            progress("draw", len(noisy), len(chunks))
    return np.concatenate([np.empty(0, np.int64), *noisy])


def _mechanism(sigma: float) -> Any:
    space = opendp.vector_domain(opendp.atom_domain(T="i64")), opendp.l2_distance(T=float)
    return opendp.m.make_gaussian(*space, scale=sigma)
