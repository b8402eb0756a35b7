"""Synthetic trade for the bench: heavy-tailed lines, partners and traders, and exactly so many non-empty cells.

A leaf (one combination of finest codes) is traded with a weight: its codes' weights times noise. Leaves enter by
weight until the table has as many non-empty cells as asked, margins included. Contributions to a leaf are a Poisson
number that grows with its weight, so that most leaves have one or two traders and few have hundreds. Traders belong
to a heading or a chapter, few of them to all goods, and have a size of their own.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd

from publisher.model.codelist import TOTAL, Code, Codelist, Hierarchy
from publisher.model.structure import TableStructure

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
LEVELS = ("total", "chapter", "heading", "subheading", "line")

CROWD = 1.5  # contributions to a leaf besides the first, for each that the time of entering makes likely
MOST_TRADERS = 400
LOYAL, CHAPTERWIDE = 0.7, 0.95  # shares of contributions by traders of the heading, and of the heading or chapter


def goods(chapters: int) -> Codelist:
    """A tree like the tariff's: 97 chapters make about 1,200 headings, 5,500 subheadings, 10,900 lines."""
    codes = [Code(TOTAL, "Total", "total", None)]
    shape = np.random.default_rng(7)
    for chapter in range(1, chapters + 1):
        codes.append(Code(f"{chapter:02d}", "", "chapter", TOTAL))
        for heading in range(shape.integers(4, 22)):
            above = f"{chapter:02d}{heading:02d}"
            codes.append(Code(above, "", "heading", above[:2]))
            for subheading in range(shape.integers(1, 9)):
                inner = f"{above}{subheading:02d}"
                codes.append(Code(inner, "", "subheading", above))
                codes += [Code(f"{inner}{line:02d}", "", "line", inner) for line in range(shape.integers(1, 4))]
    return Codelist("LINES", "Lines", "1", "synthetic", LEVELS, tuple(codes))


def partners(count: int, *, regions: bool) -> Codelist:
    """World, six regions where asked, countries."""
    codes = [Code(TOTAL, "World", "total", None)]
    if regions:
        codes += [Code(f"R{region}", "", "region", TOTAL) for region in range(6)]
    codes += [Code(f"C{k:03d}", "", "country", f"R{k % 6}" if regions else TOTAL) for k in range(count)]
    levels = ("total", "region", "country") if regions else ("total", "country")
    return Codelist("PARTNERS", "Partners", "1", "synthetic", levels, tuple(codes))


def months() -> Codelist:
    """Year, quarters, months."""
    codes = [Code(TOTAL, "Year", "total", None), *(Code(f"Q{q}", "", "quarter", TOTAL) for q in range(1, 5))]
    codes += [Code(f"M{m:02d}", "", "month", f"Q{(m + 2) // 3}") for m in range(1, 13)]
    return Codelist("MONTHS", "Months", "1", "synthetic", ("total", "quarter", "month"), tuple(codes))


def contributions(structure: TableStructure, cells: int, spread: Sequence[float], seed: int) -> pd.DataFrame:
    """Records whose table has `cells` non-empty cells: one column a dimension, trader, statistical_value (KRW).

    `spread` says for each dimension how unequal its codes are (sigma of log-normal weights). The first dimension
    must be the commodity. Never more than `cells`, and fewer by less than a leaf with all its margins; all
    leaves where the structure has fewer cells.
    """
    random = np.random.default_rng(seed)
    hierarchies = [dimension.hierarchy for dimension in structure.dimensions]
    leaf, weight, time = _entering(hierarchies, spread, random)
    kept = _until(leaf, hierarchies, cells)
    leaf, expected = [column[:kept] for column in leaf], weight[:kept] * time[kept - 1]
    traders = np.minimum(1 + random.poisson(CROWD * expected), MOST_TRADERS)
    row = np.repeat(np.arange(kept), traders)
    columns = {
        d.column: np.array(d.hierarchy.codes)[own][row] for d, own in zip(structure.dimensions, leaf, strict=True)
    }
    trader = _traders(hierarchies[0], leaf[0][row], random)
    size = np.random.default_rng(seed).lognormal(0, 1.6, int(trader.max()) + 1)[trader]
    value = np.ceil(size * random.lognormal(17, 1.5, len(row))).astype(np.int64)
    return pd.DataFrame(columns | {"trader": trader, "statistical_value": value})


def _entering(
    hierarchies: Sequence[Hierarchy], spread: Sequence[float], random: np.random.Generator
) -> tuple[list[Integers], Floats, Floats]:
    """All leaves in the order in which they enter (nodes by dimension), their weights, and when they enter.

    A leaf enters at an exponential time of rate its weight: a weighted sample without replacement (Efraimidis and
    Spirakis, 2006). Until then weight * time declarations of it were to be expected.
    """
    leaves = [np.array(hierarchy.leaves) for hierarchy in hierarchies]
    weight = np.ones(1)
    for own, sigma in zip(leaves, spread, strict=True):
        weight = np.outer(weight, random.lognormal(0, sigma, len(own))).ravel()
    weight *= random.lognormal(0, 1.0, len(weight))
    time = random.exponential(size=len(weight)) / weight
    order = np.argsort(time)
    places = np.unravel_index(order, [len(own) for own in leaves])
    return [own[place] for own, place in zip(leaves, places, strict=True)], weight[order], time[order]


def _until(leaf: Sequence[Integers], hierarchies: Sequence[Hierarchy], cells: int) -> int:
    """How many leaves may enter until the table has `cells` cells: every margin appears with its first leaf."""
    appears = []
    for above in product(*(_ancestors(h, own) for h, own in zip(hierarchies, leaf, strict=True))):
        inside = np.flatnonzero(np.all([nodes >= 0 for nodes in above], axis=0))
        key = np.zeros(len(inside), dtype=np.int64)
        for nodes, hierarchy in zip(above, hierarchies, strict=True):
            key = key * len(hierarchy.codes) + nodes[inside]
        appears.append(inside[np.unique(key, return_index=True)[1]])
    first = np.sort(np.concatenate(appears))
    return int(first[cells]) if cells < len(first) else len(leaf[0])


def _ancestors(hierarchy: Hierarchy, nodes: Integers) -> list[Integers]:
    """The nodes themselves, those above them, and so on; all branches must be equally deep."""
    parent = np.array(hierarchy.parent)
    found = [nodes]
    while (above := parent[found[-1]]).max() >= 0:
        found.append(above)
    return found


def _traders(lines: Hierarchy, line: Integers, random: np.random.Generator) -> Integers:
    """A trader for each contribution: from the heading's, the chapter's or the nation's, few of them busy."""
    parent = np.array(lines.parent)
    heading = parent[parent[line]]
    kind = random.random(len(line))
    home = np.where(kind < LOYAL, heading, np.where(kind < CHAPTERWIDE, parent[heading], 0))
    most = np.where(kind < LOYAL, 120, np.where(kind < CHAPTERWIDE, 400, 3000))
    rank = (most * random.random(len(line)) ** 3).astype(np.int64)
    return np.unique(home * 3000 + rank, return_inverse=True)[1].astype(np.int64) + 1
