"""Which codes have a profile, where it lies, and how the codes hang together."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from publisher.model.codelist import TOTAL, Code
from publisher.publication.cells import SiteCells, SiteTable
from publisher.publication.cells.site_cells import SliceRows
from publisher.publication.profile.figures import Figure, figure_of, figures_over_time
from publisher.publication.profile.standing import LevelFigures, Standing, levels_of
from publisher.publication.public_cells import PublicDimension
from publisher.publication.tables.margins import READABLE_CODES


@dataclass(frozen=True)
class ProfileKind:
    """One folder of pages. `levels` that have a page, coarse first."""

    folder: str
    codelist: str
    levels: tuple[str, ...]


COMMODITIES = ProfileKind("commodities", "HS", ("section", "chapter", "heading"))
PARTNERS = ProfileKind("partners", "COUNTRY", ("region", "country"))
KINDS = (COMMODITIES, PARTNERS)


@dataclass(frozen=True)
class ProfileCodes:
    """The profiles of one kind. A code has one if some table shows it with all other dimensions total."""

    cells: SiteCells
    kind: ProfileKind

    @cached_property
    def tables(self) -> tuple[SiteTable, ...]:
        """Those broken down by the kind's codelist: exact ones first, and each query once, in the series whose
        periods are the shortest."""
        found: dict[str, SiteTable] = {}
        for table in self.cells.tables:
            if self.column(table) and table.described.measures:
                other = found.get(table.id)
                if other is None or _fineness(table) > _fineness(other):
                    found[table.id] = table
        return tuple(sorted(found.values(), key=lambda table: table.described.noisy))

    @cached_property
    def of_table(self) -> Mapping[str, frozenset[str]]:
        """Query -> the codes that it shows with all other dimensions total."""
        return {table.id: frozenset(self._shown(table)) for table in self.tables}

    @cached_property
    def codes(self) -> Mapping[str, Code]:
        """In the order of the codelist."""
        there = frozenset().union(*self.of_table.values())
        listed = self.cells.codelists.get(self.kind.codelist, {})
        return {name: code for name, code in listed.items() if name in there and code.level in self.kind.levels}

    def rows(self, table: SiteTable, code: str) -> SliceRows:
        return self.cells.slice(table, self.column(table), code)

    def figures(self, table: SiteTable, code: str) -> tuple[tuple[Figure, ...], ...]:
        """Of each measure, over time. Kept while the page of one code is made, in one language after the other."""
        if code not in self._figures:
            self._figures.clear()
            self._figures[code] = {}
        found = self._figures[code]
        if table.id not in found:
            rows = self.rows(table, code)
            found[table.id] = tuple(figures_over_time(self.cells, rows, each) for each in table.described.measures)
        return found[table.id]

    def others(self, table: SiteTable) -> tuple[PublicDimension, ...]:
        """The table's other dimensions."""
        return tuple(each for each in table.described.dimensions if each.column != self.column(table))

    def readable_level(self, dimension: PublicDimension) -> str | None:
        """The finest level of the dimension that has between 2 and READABLE_CODES codes in its codelist."""
        key = dimension.codelist, dimension.levels
        if key not in self._readable:
            sizes = Counter(code.level for code in self.cells.codelists.get(dimension.codelist, {}).values())
            fitting = [level for level in dimension.levels if 1 < sizes[level] <= READABLE_CODES]
            self._readable[key] = fitting[-1] if fitting else None
        return self._readable[key]

    def standing(self, table: SiteTable, code: str, value: int) -> Standing | None:
        """Among the newest figures of the code's level, where they are exact."""
        if table.id not in self._levels:
            self._levels[table.id] = levels_of(table, self.column(table))
        found = self._levels[table.id].get(self.codes[code].level)
        return found.standing(value) if found and len(found.values) + found.hidden > 1 else None

    def total(self, table: SiteTable) -> Figure | None:
        """The newest figure of all codes together, by the first measure."""
        if table.id not in self._totals:
            period, part = max(table.parts), table.newest
            row = self.rows(table, TOTAL).series().get(period)
            measure = table.described.measures[0]
            figure = None if row is None else figure_of(table, part.described, measure, period, row)
            self._totals[table.id] = figure
        return self._totals[table.id]

    @cached_property
    def _figures(self) -> dict[str, dict[str, tuple[tuple[Figure, ...], ...]]]:
        return {}

    @cached_property
    def _readable(self) -> dict[tuple[str, tuple[str, ...]], str | None]:
        return {}

    @cached_property
    def _levels(self) -> dict[str, Mapping[str, LevelFigures]]:
        return {}

    @cached_property
    def _totals(self) -> dict[str, Figure | None]:
        return {}

    def above(self, code: str) -> tuple[Code, ...]:
        """From the coarsest down; those that have a page."""
        listed, found = self.cells.codelists[self.kind.codelist], list[Code]()
        parent = listed[code].parent
        while parent is not None and parent in listed:
            found.append(listed[parent])
            parent = listed[parent].parent
        return tuple(each for each in reversed(found) if each.code in self.codes)

    def below(self, code: str) -> tuple[Code, ...]:
        return self._below.get(code, ())

    @cached_property
    def _below(self) -> Mapping[str, tuple[Code, ...]]:
        found: dict[str, tuple[Code, ...]] = {}
        for code in self.codes.values():
            if code.parent is not None:
                found[code.parent] = (*found.get(code.parent, ()), code)
        return found

    def column(self, table: SiteTable) -> str:
        """The first dimension over the kind's codelist; "" where there is none."""
        found = (each.column for each in table.described.dimensions if each.codelist == self.kind.codelist)
        return next(found, "")

    def _shown(self, table: SiteTable) -> list[str]:
        column = self.column(table)
        rows = table.all_total(np.arange(table.rows), except_for=[column])
        place = table.dimension(column)
        return [table.labels[place][label] for label in np.unique(table.codes[place][rows]).tolist()]


def _fineness(table: SiteTable) -> int:
    """Months before quarters before years."""
    period = max(table.parts)
    return 1 if "Q" in period else 2 if "-" in period else 0
