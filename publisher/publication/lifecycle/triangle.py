"""triangle(): how each headline was revised, from the published files of all versions that stand.

A headline is the total of a table's first measure. One that is not shown, or has noise, says so in words; a version
that was withdrawn has the word and no number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from publisher.publication.public_cells import read_edition
from publisher.publication.tables.totals import Total, read_totals
from publisher.publication.words import ENGLISH, Words

FORMAT = "trade-publisher/revision-triangle/1"


@dataclass(frozen=True)
class Version:
    """One version of one period. `released` is ISO 8601, or empty; `withdrawn`: its files are not looked at."""

    period: str
    version: int
    public: Path
    released: str
    withdrawn: bool = False


@dataclass(frozen=True)
class Entry:
    """A headline in one version. `total` is None where the version was withdrawn or lacks the table."""

    version: Version
    total: Total | None

    def told(self, words: Words = ENGLISH) -> str:
        if self.version.withdrawn:
            return words.gettext("withdrawn")
        return self.total.told(words) if self.total else words.gettext("no such table")


@dataclass(frozen=True)
class Headline:
    """One row a period, oldest first; in it the versions, in order."""

    table: str
    title: str
    measure: str
    unit: str
    decimals: int
    rows: Mapping[str, tuple[Entry, ...]] = field(repr=False)

    @property
    def versions(self) -> int:
        """The largest number of a version."""
        return max(entry.version.version for row in self.rows.values() for entry in row)


@dataclass(frozen=True)
class Triangle:
    headlines: tuple[Headline, ...]

    @property
    def revised(self) -> bool:
        return any(headline.versions > 1 for headline in self.headlines)


def triangle(versions: Sequence[Version]) -> Triangle:
    """The triangles of one series, in the order of its newest edition's tables. Withdrawn editions are not read."""
    ordered = sorted(versions, key=lambda version: (version.period, version.version))
    found: dict[str, dict[Version, Total]] = {}
    titles: dict[str, str] = {}
    for version in reversed([version for version in ordered if not version.withdrawn]):
        for table in read_edition(version.public).tables:
            if table.measures:
                titles.setdefault(table.id, table.title)
                found.setdefault(table.id, {})[version] = read_totals(version.public, table)[0]
    lines = (_headline(table, titles[table], totals, ordered) for table, totals in found.items())
    return Triangle(tuple(line for line in lines if line is not None))


def _headline(
    table: str, title: str, totals: Mapping[Version, Total], versions: Sequence[Version]
) -> Headline | None:
    """None where the table has no total in any version."""
    if all(total.kind == "absent" for total in totals.values()):
        return None
    newest = next(iter(totals.values())).measure
    rows: dict[str, tuple[Entry, ...]] = {}
    for version in versions:
        rows[version.period] = (*rows.get(version.period, ()), Entry(version, totals.get(version)))
    return Headline(table, title, newest.title, newest.unit, newest.decimals, rows)


def triangle_json(series: str, found: Triangle) -> dict[str, Any]:
    """Every number as decimal text, exact; null with a word where there is none."""
    return {
        "format": FORMAT,
        "series": series,
        "headlines": [
            {
                "table": headline.table,
                "title": headline.title,
                "measure": headline.measure,
                "unit": headline.unit,
                "entries": [_entry(entry) for row in headline.rows.values() for entry in row],
            }
            for headline in found.headlines
        ],
    }


def _entry(entry: Entry) -> dict[str, Any]:
    total = entry.total if entry.total and entry.total.has_number else None
    numbers = {name: _decimal(getattr(total, name), total) if total else None for name in ("value", "lower", "upper")}
    return {
        "period": entry.version.period,
        "version": entry.version.version,
        "released": entry.version.released or None,
        "status": _STATUS[total.kind] if total else entry.told(),
        **numbers,
    }


_STATUS = {"shown": "shown", "noisy": "noise added"}


def _decimal(whole: int, total: Total) -> str:
    """1234567 with three decimals -> "1234.567"."""
    decimals = total.measure.decimals
    digits = str(abs(whole)).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    return f"-{text}" if whole < 0 else text
