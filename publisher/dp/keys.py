"""The public key set of a table: every combination of codes, whether anything was declared there or not."""

import hashlib
import json
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from publisher.errors import ProtectionError
from publisher.model.confidential import ClippedSums
from publisher.model.structure import Measure, TableStructure

Nodes = npt.NDArray[np.int32]


def all_keys(structure: TableStructure) -> tuple[Nodes, ...]:
    """One array a dimension, one element a published cell, sorted by the dimensions in order."""
    return _product([np.arange(len(d.hierarchy.codes), dtype=np.int32) for d in structure.dimensions])


def finest_keys(structure: TableStructure) -> tuple[Nodes, ...]:
    """The same for the cells without anything below them."""
    return _product([np.array(d.hierarchy.leaves, dtype=np.int32) for d in structure.dimensions])


def measured_keys(structure: TableStructure) -> tuple[Nodes, ...]:
    """The rows of ClippedSums: counts of distinct things do not add up, so every level is measured for them."""
    additive = all(is_additive(measure) for measure in structure.measures)
    return finest_keys(structure) if additive else all_keys(structure)


def is_additive(measure: Measure) -> bool:
    """Whether a margin of this measure is the sum of what lies below it."""
    return measure.adds_up


def is_finest(structure: TableStructure, keys: tuple[Nodes, ...]) -> npt.NDArray[np.bool_]:
    """For each key, whether it is a leaf in every dimension."""
    inside = np.ones(len(keys[0]), dtype=np.bool_)
    for dimension, nodes in zip(structure.dimensions, keys, strict=True):
        inside &= np.isin(nodes, np.array(dimension.hierarchy.leaves, dtype=np.int32))
    return inside


def key_set_digest(structure: TableStructure) -> str:
    """SHA-256 (hex) of what is measured: dimensions with their trees, and measures."""
    dimensions = [
        [
            d.column,
            d.hierarchy.codelist,
            d.hierarchy.levels,
            d.hierarchy.codes,
            d.hierarchy.level_of,
            d.hierarchy.parent,
        ]
        for d in structure.dimensions
    ]
    measures = [
        [m.id, m.aggregate, m.column, m.decimals, *([m.margins] if m.margins != "own" else [])]
        for m in structure.measures
    ]
    text = json.dumps([dimensions, measures], separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_keys(clipped: ClippedSums) -> None:
    """Raises ProtectionError unless the sums stand on exactly the public key set, in its order.

    A key set that followed the data would itself tell who declared what.
    """
    expected = measured_keys(clipped.structure) if clipped.plan is None else all_keys(clipped.structure)
    for dimension, nodes in zip(clipped.structure.dimensions, expected, strict=True):
        given = clipped.sums.column(dimension.column)
        if given.null_count or not np.array_equal(given.to_numpy(), nodes):
            raise ProtectionError(
                f"the sums do not stand on the public keys of {dimension.column}.",
                place=clipped.structure.id,
                remedy="Nothing was drawn. This is a fault of the program: report it.",
            )


def key_columns(structure: TableStructure, keys: tuple[Nodes, ...]) -> dict[str, "pa.Array[Any]"]:
    """column -> nodes"""
    return {column: pa.array(nodes, pa.int32()) for column, nodes in zip(structure.columns, keys, strict=True)}


def _product(nodes: list[Nodes]) -> tuple[Nodes, ...]:
    grids = np.meshgrid(*nodes, indexing="ij") if nodes else []
    return tuple(cast(Nodes, grid.ravel()) for grid in grids)
