"""The codes that a table's rows use, and their names: what the script builds trees and cells from.

    tables/<query>.codes.js                     publisherCodes(query, {dimension: described below})
    assets/names/<CODELIST>.<level>.<lang>.js   publisherNames("CODELIST", [code, ...], [name, ...], "e.e")

Codes are those of rows of the table and of what lies above them, coarse to fine, then by code. Which rows there
are is public; no number is read here. Names are in files of their own, once an edition, because only they have a
language. The last text has a letter a name, "e" where nobody translated it and it stays English; it is empty where
all are translated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from publisher.model.codelist import Hierarchy
from publisher.model.structure import Dimension
from publisher.publication.script import call
from publisher.publication.tables.display import code_cell
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Untranslated, Words


@dataclass(frozen=True)
class TableCodes:
    """`nodes`: dimension -> its hierarchy's nodes in use, ascending. A node's place in it is what shards say."""

    dimensions: tuple[Dimension, ...]
    nodes: Mapping[str, np.ndarray] = field(repr=False)

    def places(self, dimension: Dimension, nodes: np.ndarray) -> np.ndarray:
        return np.searchsorted(self.nodes[dimension.column], nodes)

    def described(self) -> dict[str, Any]:
        """{dimension: {"codes": [...], "counts": [codes a level, ...], "above": [place | -1, ...]}}"""
        return {d.column: self._one(d.hierarchy, self.nodes[d.column]) for d in self.dimensions}

    def _one(self, hierarchy: Hierarchy, nodes: np.ndarray) -> dict[str, Any]:
        levels = np.asarray(hierarchy.level_of)[nodes]
        above = np.asarray(hierarchy.parent)[nodes]
        return {
            "codes": [hierarchy.codes[node] for node in nodes],
            "counts": np.bincount(levels, minlength=len(hierarchy.levels)).tolist(),
            "above": np.where(above < 0, -1, np.searchsorted(nodes, above)).tolist(),
        }


def used_codes(published: Published) -> TableCodes:
    dimensions = published.structure.dimensions
    return TableCodes(dimensions, {d.column: _with_ancestors(d.hierarchy, published.nodes(d)) for d in dimensions})


def _with_ancestors(hierarchy: Hierarchy, nodes: np.ndarray) -> np.ndarray:
    parent, used = np.asarray(hierarchy.parent), np.unique(nodes)
    for _ in hierarchy.levels:
        used = np.union1d(used, parent[used])
        used = used[used >= 0]
    return used


def write_names(folder: Path, tables: Sequence[Published], words: Words = ENGLISH) -> None:
    """Names, cut as on pages, of the codes that the edition's tables use: a file for each codelist and level."""
    folder.mkdir(parents=True, exist_ok=True)
    for (codelist, level), found in sorted(_names(tables, words).items()):
        codes, names = sorted(found), [found[code] for code in sorted(found)]
        marks = "".join("e" if isinstance(name, Untranslated) else "." for name in names)
        path = folder / f"{codelist}.{level}.{words.language}.js"
        path.write_bytes(call("publisherNames", codelist, codes, names, marks if "e" in marks else ""))


def _names(tables: Sequence[Published], words: Words) -> dict[tuple[str, str], dict[str, str]]:
    """(codelist, level) -> {code: name}; {} for a level of which no row is."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for codes in map(used_codes, tables):
        for dimension in codes.dimensions:
            hierarchy = dimension.hierarchy
            found.update({(hierarchy.codelist, level): {} for level in hierarchy.levels} | found)
            for node in codes.nodes[dimension.column].tolist():
                cell = code_cell(hierarchy, node, words)
                found[hierarchy.codelist, cell.level][cell.code] = cell.name
    return found
