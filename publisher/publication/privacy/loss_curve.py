"""The loss curve of a table of values within a band: for readers, and for tables.json."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from publisher.model.band import BandPoint, BandStatement
from publisher.publication.words import ENGLISH, Words


@dataclass(frozen=True)
class CurveRow:
    """`band`: from the least to the largest value within the band. `strength`: what the loss means, in words."""

    value: str
    band: str
    rho: str
    epsilon: str
    strength: str


@dataclass(frozen=True)
class LossCurve:
    unit: str
    delta: str
    rows: tuple[CurveRow, ...]


def loss_curve(band: BandStatement, delta: float, words: Words = ENGLISH) -> LossCurve:
    return LossCurve(words.own(band.measure_unit), f"{delta:.3g}", tuple(_row(p, words) for p in band.curve))


def _row(point: BandPoint, words: Words) -> CurveRow:
    band = words.gettext("%(lower)s to %(upper)s", lower=words.number(point.low), upper=words.number(point.high))
    rho, epsilon = (words.decimal_text(_short(number)) for number in (point.rho, point.epsilon))
    return CurveRow(words.number(point.value), band, rho, epsilon, _strength(point.epsilon, words))


def _strength(epsilon: float, words: Words) -> str:
    """Steps that are in use for epsilon; the words are ours."""
    if epsilon <= 1.0:
        return words.gettext("protected well")
    return words.gettext("protected a little") if epsilon <= 10.0 else words.gettext("not protected")


def _short(number: Fraction | float) -> str:
    """Three digits; large numbers whole."""
    return f"{float(number):,.0f}" if number >= 1000 else f"{float(number):.3g}"


def band_metadata(band: BandStatement) -> dict[str, Any]:
    """Further fields of a table's `noise` in tables.json: rho as exact text; nothing is clipped."""
    curve = [
        {"value": p.value, "low": p.low, "high": p.high, "rho": str(p.rho), "epsilon": p.epsilon} for p in band.curve
    ]
    stated = {"measure": band.measure, "measure_unit": band.measure_unit, "c": band.c, "a": band.a, "curve": curve}
    return {"clip": None, "band": stated}
