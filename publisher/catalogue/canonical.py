"""Digests of a query that do not depend on how its file is laid out."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict

from publisher.model.privacy import PrivacyRules
from publisher.model.rules import SuppressionRules
from publisher.model.structure import Measure, TableStructure


def public_digest(structure: TableStructure, protection: SuppressionRules | PrivacyRules) -> str:
    """SHA-256 (hex) of what a reader may know: the structure with its hierarchies, and the terms of the noise.

    The parameters of suppression are left out; only that suppression is the method goes in.
    """
    terms = noise_terms(protection) if isinstance(protection, PrivacyRules) else "suppression"
    measures = [_measure_fields(measure) for measure in structure.measures]
    return _sha256({"structure": asdict(structure) | {"measures": measures}, "protection": terms})


def noise_terms(rules: PrivacyRules) -> dict[str, object]:
    """What goes into a digest: an option that is not set does not, lest measurements made before there was such an
    option get another name, and are spent and drawn again."""
    return {name: value for name, value in asdict(rules).items() if value is not None}


def measure_margins(measure: Measure) -> tuple[str, ...]:
    """The same of a measure: () unless `margins` is not what it always was."""
    return (measure.margins,) if measure.margins != Measure.margins else ()


def _measure_fields(measure: Measure) -> dict[str, object]:
    fields = asdict(measure)
    return fields if measure_margins(measure) else {name: fields[name] for name in fields if name != "margins"}


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
    measures = [
        (measure.id, measure.aggregate, measure.column, measure.decimals, *measure_margins(measure))
        for measure in structure.measures
    ]
    return _sha256(
        {
            "id": structure.id,
            "flow": structure.flow,
            "universe": structure.universe,
            "dimensions": dimensions,
            "measures": measures,
            "contributor": contributor,
            "protection": protection,
        }
    )


def policy_digest(file: Mapping[str, object]) -> str:
    """SHA-256 (hex) of a whole query file as parsed. Confidential: it would confirm a guess at p."""
    return _sha256(file)


def _sha256(value: object) -> str:
    """Of JSON with sorted keys and no white space; what JSON lacks (fractions, dates) goes in as its text."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()
