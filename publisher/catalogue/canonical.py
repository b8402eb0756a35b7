"""Digests of a query that do not depend on how its file is laid out."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass

from publisher.model.privacy import NoiseRules
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure, TableStructure

# fields that came after digests had been published and charged: left out while unset, so that those stay
_LATER: Mapping[str, object] = {
    "levels": None,
    "margins": "own",
    "quality": None,
    "quantile": None,
    "candidates": (),
    "quantiles": None,
    "annual": None,
}

# no part of a month's measurement: what is decided about noisy numbers, and that the year is measured too
BESIDE = ("quality", "annual")


def public_digest(structure: TableStructure, protection: SuppressionRules | NoiseRules) -> str:
    """SHA-256 (hex) of what a reader may know: the structure with its hierarchies, and the terms of the noise.

    The parameters of suppression are left out; only that suppression is the method goes in.
    """
    terms = "suppression" if isinstance(protection, SuppressionRules) else _plain(protection)
    return _sha256({"structure": _plain(structure), "protection": terms})


def measurement_digest(
    structure: TableStructure, contributor: Mapping[str, object], protection: Mapping[str, object]
) -> str:
    """SHA-256 (hex) of all that decides what is measured and with how much noise, and of no word meant for readers.

    A rebuild after a corrected title must find the sealed measurement, not spend and draw again.
    """
    dimensions = [
        (dimension.column, dimension.hierarchy.codes, dimension.hierarchy.level_of, dimension.hierarchy.parent)
        for dimension in structure.dimensions
    ]
    measures = [_measured(measure) for measure in structure.measures]
    return _sha256(
        {
            "id": structure.id,
            "flow": structure.flow,
            "universe": structure.universe,
            "dimensions": dimensions,
            "measures": measures,
            "contributor": contributor,
            "protection": _given((name, value) for name, value in protection.items() if name not in BESIDE),
        }
    )


def _measured(measure: Measure) -> tuple[object, ...]:
    """What of a measure decides the number."""
    counted = (measure.id, measure.aggregate, measure.column, measure.decimals)
    of_quantiles = () if measure.quantile is None else (measure.quantile, measure.candidates)
    return (*counted, *(() if measure.margins == "own" else (measure.margins,)), *of_quantiles)


def _given(fields: Iterable[tuple[str, object]]) -> dict[str, object]:
    """The fields without those of _LATER that are unset."""
    return {name: value for name, value in fields if name not in _LATER or value != _LATER[name]}


def _plain(value: object) -> object:
    """Dataclasses as mappings; dataclasses.asdict() would copy each code and name of their hierarchies."""
    if is_dataclass(value):
        return _given((field.name, _plain(getattr(value, field.name))) for field in fields(value))
    if isinstance(value, tuple) and value and not isinstance(value[0], str | int):
        return [_plain(one) for one in value]
    return value


def policy_digest(file: Mapping[str, object]) -> str:
    """SHA-256 (hex) of a whole query file as parsed. Confidential: it would confirm a guess at p."""
    return _sha256(file)


def _sha256(value: object) -> str:
    """Of JSON with sorted keys and no white space; what JSON lacks (fractions, dates) goes in as its text."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
