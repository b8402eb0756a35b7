"""SiteCells.read(): what the newest edition of each period publishes, unless it was withdrawn. No other is opened."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from publisher.catalogue.frequency import shift
from publisher.model.codelist import Code
from publisher.publication.cells.tables import SiteTable, read_table
from publisher.publication.public_cells import PublicEdition, read_edition
from publisher.release.publish.index import PublishedEdition

Codes = Mapping[str, Code]


@dataclass(frozen=True)
class SiteCells:
    """`tables` by series, then in the order of its newest edition, then those that only older ones have.

    `editions`: series -> period -> its current edition. `withdrawn`: series -> periods whose newest version was
    withdrawn: an older version does not become true again. `codelists`: id -> code -> Code, of the newest edition
    (by period) that publishes it.
    """

    folder: Path
    tables: tuple[SiteTable, ...]
    editions: Mapping[str, Mapping[str, PublicEdition]] = field(repr=False)
    withdrawn: Mapping[str, frozenset[str]] = field(repr=False)
    codelists: Mapping[str, Codes] = field(repr=False)

    @classmethod
    def read(cls, folder: Path, editions: Sequence[PublishedEdition]) -> "SiteCells":
        """Raises ReleaseError where a published file cannot be read."""
        standing = [edition for edition in editions if edition.superseded_by is None]
        current: dict[str, dict[str, PublicEdition]] = {}
        withdrawn: dict[str, set[str]] = {}
        for edition in sorted(standing, key=lambda each: (each.ref.series, each.ref.period)):
            if edition.withdrawn is None:
                of_series = current.setdefault(edition.ref.series, {})
                of_series[edition.ref.period] = read_edition(folder / edition.path)
            else:
                withdrawn.setdefault(edition.ref.series, set()).add(edition.ref.period)
        tables = (table for series, found in current.items() for table in _tables(series, [*found.values()]))
        gone = {series: frozenset(periods) for series, periods in withdrawn.items()}
        return cls(folder, tuple(tables), current, gone, _codelists(current))

    def periods(self, series: str) -> tuple[str, ...]:
        """All from the oldest to the newest that has a current or a withdrawn edition, those without any too."""
        if series not in self._periods:
            self._periods[series] = self._all_periods(series)
        return self._periods[series]

    def _all_periods(self, series: str) -> tuple[str, ...]:
        known = sorted({*self.editions.get(series, ()), *self.withdrawn.get(series, ())})
        every = list(known[:1])
        for before, after in pairwise(known):
            every += _between(before, after)
        return tuple(every)

    def slice(self, table: SiteTable, dimension: str, code: str) -> "SliceRows":
        """The rows of one code over all periods."""
        return SliceRows(table, dimension, code)

    def lists(self, series: str, period: str, codelist: str, code: str) -> bool:
        """Whether the edition of the period knows the code: one that came later is not a zero before."""
        edition = self.editions.get(series, {}).get(period)
        return edition is not None and code in self._codes_in(edition.folder / _path(codelist))

    def _codes_in(self, path: Path) -> frozenset[str]:
        """Editions mostly publish the same codelist: each text is read once."""
        if path not in self._by_path:
            text = path.read_bytes() if path.is_file() else b""
            if text not in self._by_text:
                self._by_text[text] = frozenset(_read_codes(path)) if text else frozenset()
            self._by_path[path] = self._by_text[text]
        return self._by_path[path]

    @cached_property
    def _periods(self) -> dict[str, tuple[str, ...]]:
        return {}

    @cached_property
    def _by_path(self) -> dict[Path, frozenset[str]]:
        return {}

    @cached_property
    def _by_text(self) -> dict[bytes, frozenset[str]]:
        return {}


class SliceRows:
    """A table's rows of one code. Every view of them is row numbers, ascending: by period, coarse codes first."""

    def __init__(self, table: SiteTable, column: str, code: str) -> None:
        self.table, self.column, self.code = table, column, code
        self.rows = table.slice(column, code)

    def series(self) -> dict[str, int]:
        """Period -> the row in which all other dimensions are total; a period without such a row is missing."""
        rows = self.table.all_total(self.rows, except_for=[self.column])
        parts = self.table.parts
        found = {period: self.table.in_period(rows, period) for period in parts}
        return {period: int(of_period[0]) for period, of_period in found.items() if len(of_period)}

    def along(self, column: str, level: str, period: str) -> list[int]:
        """The rows of one period in which this other dimension varies over a level, all further ones total."""
        rows = self.table.in_period(self.rows, period)
        rows = self.table.all_total(rows, except_for=[self.column, column])
        return [int(row) for row in self.table.at_level(rows, column, level)]


def _tables(series: str, editions: Sequence[PublicEdition]) -> list[SiteTable]:
    """Each table is read from the editions that have it; `editions`: oldest first."""
    names = dict.fromkeys(table.id for edition in reversed(editions) for table in edition.tables)
    return [read_table(series, name, [each for each in editions if name in each.by_id]) for name in names]


def _codelists(current: Mapping[str, Mapping[str, PublicEdition]]) -> dict[str, Codes]:
    """Each from the newest edition that has it."""
    found: dict[str, Codes] = {}
    editions = (edition for of_series in current.values() for edition in of_series.values())
    for edition in sorted(editions, key=lambda each: (each.period, each.name), reverse=True):
        for identifier in {d.codelist for table in edition.tables for d in table.dimensions} - found.keys():
            path = edition.folder / _path(identifier)
            if path.is_file():
                found[identifier] = _read_codes(path)
    return dict(sorted(found.items()))


def _path(codelist: str) -> str:
    return f"metadata/codelists/{codelist}.csv"


def _read_codes(path: Path) -> Codes:
    """In the order of the file, coarse levels first, then by code; but sections of the HS, whose codes are Roman
    numbers, in the order of their chapters: V before IX."""
    with path.open(encoding="utf-8", newline="") as file:
        codes = [Code(row["code"], row["name"], row["level"], row["parent"] or None) for row in csv.DictReader(file)]
    levels = list(dict.fromkeys(code.level for code in codes))
    first = {code.parent: code.code for code in reversed(codes) if code.level == "chapter"}
    ordered = sorted(codes, key=lambda code: (levels.index(code.level), first.get(code.code, code.code)))
    return {code.code: code for code in ordered}


def _between(before: str, after: str) -> list[str]:
    """The periods after one, up to the other."""
    found = [shift(before, 1)]
    while found[-1] < after:
        found.append(shift(found[-1], 1))
    return found
