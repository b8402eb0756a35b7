"""Codelists and the hierarchies that tables are made over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

TOTAL = "_T"  # SDMX's code for 'all values of this dimension together'


@dataclass(frozen=True, slots=True)
class Code:
    """One entry. `parent` is a code of a coarser level, None for the total."""

    code: str
    name: str
    level: str
    parent: str | None


@dataclass(frozen=True)
class Codelist:
    """A public classification: a tree of codes, each code unique over all levels.

    `levels` runs from coarse to fine; the first is "total" with the single code TOTAL. Every code except the
    total names a parent on some coarser level, so a branch may skip a level.

    Raises ValueError when the tree does not hold together.
    """

    id: str
    title: str
    version: str
    source: str
    levels: tuple[str, ...]
    codes: tuple[Code, ...]

    def __post_init__(self) -> None:
        if len(self.by_code) != len(self.codes):
            raise ValueError(f"codelist {self.id}: a code stands twice")
        for code in self.codes:
            self._check(code)

    def _check(self, code: Code) -> None:
        if code.level not in self.levels:
            raise ValueError(f"codelist {self.id}: code {code.code} has the unknown level {code.level}")
        if code.parent is None:
            if code.code != TOTAL or code.level != self.levels[0]:
                raise ValueError(f"codelist {self.id}: code {code.code} has no parent")
            return
        parent = self.by_code.get(code.parent)
        if parent is None or self.levels.index(parent.level) >= self.levels.index(code.level):
            raise ValueError(f"codelist {self.id}: code {code.code} does not lie under {code.parent}")

    @cached_property
    def by_code(self) -> Mapping[str, Code]:
        return {code.code: code for code in self.codes}

    def at(self, level: str) -> tuple[Code, ...]:
        """The codes of one level, in code order."""
        return tuple(sorted((c for c in self.codes if c.level == level), key=lambda c: c.code))

    def ancestor(self, code: str, level: str) -> str | None:
        """The code at `level` on the way from `code` to the total; None where the branch skips the level."""
        here: Code | None = self.by_code[code]
        while here is not None and here.level != level:
            here = self.by_code[here.parent] if here.parent is not None else None
        return here.code if here is not None else None

    def hierarchy(self, levels: Sequence[str]) -> "Hierarchy":
        """The tree left when only `levels` are kept. Raises ValueError for a level that does not exist.

        The coarsest kept level need not be the total. A branch that skips a kept level hangs from its
        nearest kept ancestor.
        """
        unknown = [level for level in levels if level not in self.levels]
        if unknown:
            raise ValueError(f"codelist {self.id} has no level {unknown[0]}; it has {', '.join(self.levels)}")
        kept = tuple(level for level in self.levels if level in set(levels))
        codes = sorted((c for c in self.codes if c.level in kept), key=lambda c: (kept.index(c.level), c.code))
        position = {code.code: index for index, code in enumerate(codes)}
        return Hierarchy(
            codelist=self.id,
            levels=kept,
            codes=tuple(code.code for code in codes),
            names=tuple(code.name for code in codes),
            level_of=tuple(kept.index(code.level) for code in codes),
            parent=tuple(self._kept_parent(code, position) for code in codes),
        )

    def _kept_parent(self, code: Code, position: Mapping[str, int]) -> int:
        parent = code.parent
        while parent is not None and parent not in position:
            parent = self.by_code[parent].parent
        return -1 if parent is None else position[parent]


@dataclass(frozen=True)
class Hierarchy:
    """A codelist cut down to the levels of one table's dimension.

    Arrays run over *nodes*, sorted by (level, code): node 0 is the total where the total is kept.
    `parent[i]` is the node above i, -1 for a root. A node without children is a leaf, whatever its level.
    """

    codelist: str
    levels: tuple[str, ...]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    level_of: tuple[int, ...]
    parent: tuple[int, ...]

    @cached_property
    def node(self) -> Mapping[str, int]:
        """code -> node"""
        return {code: index for index, code in enumerate(self.codes)}

    @cached_property
    def children(self) -> tuple[tuple[int, ...], ...]:
        """The nodes directly below each node."""
        below: list[list[int]] = [[] for _ in self.codes]
        for child, parent in enumerate(self.parent):
            if parent >= 0:
                below[parent].append(child)
        return tuple(tuple(nodes) for nodes in below)

    @property
    def leaves(self) -> tuple[int, ...]:
        return tuple(node for node, below in enumerate(self.children) if not below)

    def level_name(self, node: int) -> str:
        return self.levels[self.level_of[node]]
