"""The loss curve of a table of values within a band: for readers, and for tables.json."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from publisher.model.band import BandPoint, BandStatement
from publisher.publication.numbers import grouped


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


def loss_curve(band: BandStatement, delta: float) -> LossCurve:
    return LossCurve(band.measure_unit, f"{delta:.3g}", tuple(_row(p) for p in band.curve))


def _row(point: BandPoint) -> CurveRow:
    band = f"{grouped(point.low)} to {grouped(point.high)}"
    return CurveRow(grouped(point.value), band, _short(point.rho), _short(point.epsilon), _strength(point.epsilon))


def _strength(epsilon: float) -> str:
    """Steps that are in use for epsilon; the words are ours."""
    for most, words in ((1.0, "protected well"), (10.0, "protected a little")):
        if epsilon <= most:
            return words
    return "not protected"


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
