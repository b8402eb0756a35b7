"""One table over all its current editions, as columns: the rows of a code are found without a look at all others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from publisher.model.codelist import TOTAL
from publisher.publication.public_cells import Described, PublicEdition, PublicMeasure, read_columns, whole


@dataclass(frozen=True)
class Numbers:
    """One measure, one entry a row, in 1/10**decimals units of its edition.

    `lower` and `upper` are published bounds: 0 where there is none. `bounded`: the row has an upper one, as noisy
    numbers have, and hidden ones whose range is published.
    """

    value: np.ndarray = field(repr=False)
    shown: np.ndarray = field(repr=False)
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    bounded: np.ndarray = field(repr=False)


@dataclass(frozen=True)
class Part:
    """A table as one edition has it: rows `start` up to `stop` of the SiteTable."""

    edition: PublicEdition
    described: Described
    start: int
    stop: int


@dataclass(frozen=True)
class SiteTable:
    """One query of one series. Rows by period, then as their editions have them: coarse levels first, then by code.

    `codes`: int32 per row and dimension, an index into `labels`, the codes that occur, sorted as text; `levels`: the
    name of each label's level. A measure that an edition lacks is not shown in its rows. Dimensions and measures are
    those of the newest edition.
    """

    series: str
    described: Described
    parts: Mapping[str, Part] = field(repr=False)
    codes: tuple[np.ndarray, ...] = field(repr=False)
    labels: tuple[tuple[str, ...], ...] = field(repr=False)
    levels: tuple[tuple[str, ...], ...] = field(repr=False)
    numbers: Mapping[str, Numbers] = field(repr=False)

    @property
    def id(self) -> str:
        return self.described.id

    @property
    def rows(self) -> int:
        return max((part.stop for part in self.parts.values()), default=0)

    @property
    def newest(self) -> Part:
        return self.parts[max(self.parts)]

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(dimension.column for dimension in self.described.dimensions)

    def dimension(self, column: str) -> int:
        return self.columns.index(column)

    def slice(self, column: str, code: str) -> np.ndarray:
        """Row numbers, ascending, of all rows with this code in the dimension; empty where there is none."""
        place = self.dimension(column)
        label = self._place_of[place].get(code)
        if label is None:
            return np.zeros(0, dtype=np.int64)
        order, starts = self._by_code(place)
        found: np.ndarray = order[starts[label] : starts[label + 1]]
        return found

    def all_total(self, rows: np.ndarray, *, except_for: Sequence[str]) -> np.ndarray:
        """Those of the rows that are total in every dimension but these."""
        for place, column in enumerate(self.columns):
            if column not in except_for:
                rows = rows[self.codes[place][rows] == self._place_of[place].get(TOTAL, -1)]
        return rows

    def at_level(self, rows: np.ndarray, column: str, level: str) -> np.ndarray:
        """Those of the rows whose code in the dimension is of the level."""
        place = self.dimension(column)
        is_level = np.asarray([each == level for each in self.levels[place]], dtype=bool)
        kept: np.ndarray = rows[is_level[self.codes[place][rows]]]
        return kept

    def in_period(self, rows: np.ndarray, period: str) -> np.ndarray:
        """Those of ascending row numbers that are of the period; none where it has no current edition."""
        part = self.parts.get(period)
        if part is None:
            return rows[:0]
        return rows[np.searchsorted(rows, part.start) : np.searchsorted(rows, part.stop)]

    def code_of(self, column: str, row: int) -> str:
        place = self.dimension(column)
        return self.labels[place][int(self.codes[place][row])]

    @cached_property
    def _place_of(self) -> tuple[Mapping[str, int], ...]:
        return tuple({label: place for place, label in enumerate(labels)} for labels in self.labels)

    def _by_code(self, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Row numbers sorted by the code's index, and where each index begins."""
        if place not in self._orders:
            order = np.argsort(self.codes[place], kind="stable")
            starts = np.searchsorted(self.codes[place][order], np.arange(len(self.labels[place]) + 1))
            self._orders[place] = order, starts
        return self._orders[place]

    @cached_property
    def _orders(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        return {}


def read_table(series: str, table: str, editions: Sequence[PublicEdition]) -> SiteTable:
    """From the CSV files of the editions that have it, in which numbers are exact. `editions`: oldest period first.

    Editions whose dimensions are other ones than the newest's are left out: their rows are of another table. Raises
    ReleaseError where a file cannot be read.
    """
    newest = editions[-1].by_id[table]
    columns = [dimension.column for dimension in newest.dimensions]
    parts, read, start = dict[str, Part](), list[Mapping[str, Any]](), 0
    for edition in editions:
        described = edition.by_id[table]
        if [dimension.column for dimension in described.dimensions] == columns:
            rows, found = read_columns(edition.folder, described)
            parts[edition.period] = Part(edition, described, start, start + rows)
            read.append(found)
            start += rows
    labelled = [_labelled([part[column] for part in read]) for column in columns]
    return SiteTable(
        series,
        newest,
        parts,
        tuple(codes for codes, _ in labelled),
        tuple(labels for _, labels in labelled),
        tuple(
            _levels_of([(part[column], part[f"{column}_level"]) for part in read], labels)
            for column, (_, labels) in zip(columns, labelled, strict=True)
        ),
        {measure.id: _numbers(read, [*parts.values()], measure) for measure in newest.measures},
    )


def _labelled(parts: Sequence[Any]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Indexes into the sorted labels of all parts together, and these."""
    labels = tuple(sorted({str(label) for part in parts for label in part.dictionary.to_pylist()}))
    place = {label: index for index, label in enumerate(labels)}
    codes = [_mapped(part, [place[str(label)] for label in part.dictionary.to_pylist()]) for part in parts]
    return np.concatenate(codes) if codes else np.zeros(0, np.int32), labels


def _mapped(part: Any, places: Sequence[int]) -> np.ndarray:
    if not places:
        return np.zeros(len(part), dtype=np.int32)
    mapped: np.ndarray = np.asarray(places, dtype=np.int32)[np.asarray(part.indices)]
    return mapped


def _levels_of(parts: Sequence[tuple[Any, Any]], labels: Sequence[str]) -> tuple[str, ...]:
    """The level of each label; that of the newest edition where they differ."""
    levels: dict[str, str] = {}
    for codes, names in parts:
        code, level = np.asarray(codes.indices), np.asarray(names.indices)
        _, first = np.unique(code, return_index=True)
        known, words = codes.dictionary.to_pylist(), names.dictionary.to_pylist()
        levels.update((str(known[code[row]]), str(words[level[row]])) for row in first.tolist())
    return tuple(levels.get(label, "") for label in labels)


def _numbers(read: Sequence[Mapping[str, Any]], parts: Sequence[Part], measure: PublicMeasure) -> Numbers:
    pieces = [
        _piece(columns, measure.id) if measure.id in columns else _nothing(part.stop - part.start)
        for columns, part in zip(read, parts, strict=True)
    ]
    return Numbers(*(np.concatenate(column) for column in zip(*pieces, strict=True)))


def _piece(columns: Mapping[str, Any], name: str) -> tuple[np.ndarray, ...]:
    value, shown = whole(columns[name])
    lower, _ = whole(columns[f"{name}_lower"])
    upper, bounded = whole(columns[f"{name}_upper"])
    return value, shown, lower, upper, bounded


def _nothing(rows: int) -> tuple[np.ndarray, ...]:
    zero, no = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=bool)
    return zero, no, zero, zero, no
