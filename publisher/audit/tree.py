"""The hierarchy that an attacker rebuilds from a published codelist and a table's list of levels."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from publisher.model.codelist import Hierarchy

Integers = npt.NDArray[np.int64]


class UnreadableError(Exception):
    """A public file does not say what it must. `problem` holds no value of any cell."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")
        self.place = place
        self.problem = problem


@dataclass(frozen=True)
class Tree:
    """Codes of the kept levels, coarse levels first, then by code. `parent[i]` is -1 for a root.

    A code whose parent's level is not kept hangs from its nearest kept ancestor.
    """

    levels: tuple[str, ...]
    codes: tuple[str, ...]
    level_of: tuple[int, ...]
    parent: Integers = field(repr=False)

    @cached_property
    def node(self) -> Mapping[str, int]:
        return {code: place for place, code in enumerate(self.codes)}

    @cached_property
    def inner(self) -> npt.NDArray[np.bool_]:
        """Whether each node has nodes below it: then it is the sum of them."""
        inner = np.zeros(len(self.codes), dtype=np.bool_)
        inner[self.parent[self.parent >= 0]] = True
        return inner

    def same_as(self, other: Hierarchy) -> bool:
        """Whether the table was made over these codes, in these levels, with these parents."""
        theirs = {
            code: (other.level_name(place), None if other.parent[place] < 0 else other.codes[other.parent[place]])
            for place, code in enumerate(other.codes)
        }
        mine = {
            code: (
                self.levels[self.level_of[place]],
                None if self.parent[place] < 0 else self.codes[int(self.parent[place])],
            )
            for place, code in enumerate(self.codes)
        }
        return mine == theirs


@dataclass(frozen=True)
class PublishedCodelist:
    """metadata/codelists/<ID>.csv: code -> (level, parent); names are left aside."""

    place: str
    entries: Mapping[str, tuple[str, str | None]]


def read_codelist(path: Path, place: str) -> PublishedCodelist:
    """Raises UnreadableError where the file is missing, is no CSV with the four columns, or says a code twice."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, strict=True))
    except (OSError, UnicodeDecodeError, csv.Error) as broken:
        raise UnreadableError(place, f"cannot be read as a codelist ({type(broken).__name__})") from broken
    entries: dict[str, tuple[str, str | None]] = {}
    for row in rows:
        code, level = row.get("code"), row.get("level")
        if not code or not level or "parent" not in row or None in row or code in entries:
            raise UnreadableError(place, "is not a codelist: columns code, name, level, parent, each code once")
        entries[code] = (level, row["parent"] or None)
    if not entries:
        raise UnreadableError(place, "is empty")
    return PublishedCodelist(place, entries)


def kept_tree(codelist: PublishedCodelist, levels: Sequence[str]) -> Tree:
    """The tree of `levels`. Raises UnreadableError for an unknown parent, a ring of parents, or an empty level."""
    rank = {level: place for place, level in enumerate(levels)}
    codes = sorted(
        (code for code, (level, _) in codelist.entries.items() if level in rank),
        key=lambda code: (rank[codelist.entries[code][0]], code),
    )
    missing = set(rank) - {codelist.entries[code][0] for code in codes}
    if missing or len(rank) != len(levels):
        raise UnreadableError(codelist.place, "does not have every level that a table uses, each once")
    node = {code: place for place, code in enumerate(codes)}
    parent = np.array([_kept_ancestor(codelist, code, node) for code in codes], dtype=np.int64)
    return Tree(tuple(levels), tuple(codes), tuple(rank[codelist.entries[code][0]] for code in codes), parent)


def _kept_ancestor(codelist: PublishedCodelist, code: str, node: Mapping[str, int]) -> int:
    above = codelist.entries[code][1]
    for _ in range(len(codelist.entries)):
        if above is None:
            return -1
        if above in node:
            return node[above]
        if above not in codelist.entries:
            raise UnreadableError(codelist.place, "names a parent that it does not hold")
        above = codelist.entries[above][1]
    raise UnreadableError(codelist.place, "has codes that are their own ancestors")
