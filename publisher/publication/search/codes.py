"""The codes that the newest tables are made of, and which of them have rows. From public files alone.

That a row is there is public; how large its numbers are is never looked at, so no order here can follow a value.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from publisher.errors import ReleaseError
from publisher.model.codelist import TOTAL
from publisher.publication.public_cells import Described, PublicDimension, read_edition
from publisher.publication.site.series import Site
from publisher.publication.tables.display import short_name
from publisher.publication.words import Words

LEFT_OUT = ("subheading",)  # 5,688 codes of six digits: their heading is found instead
PROFILES: Mapping[str, str] = {"HS": "commodities", "COUNTRY": "partners"}  # codelist -> folder of profile pages


@dataclass(frozen=True)
class Place:
    """A table that has rows of a code: `page` from the web root, `column` the dimension that the code stands in."""

    title: str
    page: str
    column: str

    def href(self, code: str, level: str) -> str:
        """The table, filtered to the code's rows by its script; the same in every language."""
        return f"{self.page}#level.{self.column}={level}&code.{self.column}={quote(code)}"


@dataclass(frozen=True)
class FoundCode:
    """One code of a codelist, at a level that some newest table has. `places` in order of tables, () where none has a
    row of it; `profile` is its own page, empty where there is none. `english` is its English name where `name` is in
    another language."""

    codelist: str
    code: str
    name: str
    level: str
    parent: str
    places: tuple[Place, ...]
    profile: str = ""
    english: str = ""

    @property
    def href(self) -> str:
        """From the web root; a code without figures leads to the search, which says so."""
        if self.profile or not self.places:
            return self.profile or f"search.html#q={quote(self.code)}"
        return self.places[0].href(self.code, self.level)


@dataclass(frozen=True)
class FoundCodelist:
    """`titles` say what its codes stand for in the tables; `codes` by level, then code; `parents` of all codes."""

    id: str
    titles: tuple[str, ...]
    codes: tuple[FoundCode, ...]
    parents: Mapping[str, str] = field(repr=False)

    def above(self, code: str) -> Iterator[str]:
        """The code itself and every code above it, upwards."""
        while code:
            yield code
            code = self.parents.get(code, "")

    @property
    def in_tree_order(self) -> tuple[FoundCode, ...]:
        """Each code behind the one above it, by code within it."""
        return tuple(sorted(self.codes, key=lambda found: tuple(reversed(list(self.above(found.code))))))

    @property
    def shown(self) -> tuple[FoundCode, ...]:
        """The codes that lead to figures, each behind the one above it."""
        return tuple(code for code in self.in_tree_order if code.places or code.profile)

    def nearest(self, code: str) -> FoundCode | None:
        """The code itself, or the closest one above it that some table has."""
        return next((self._by_code[one] for one in self.above(code) if one in self._by_code), None)

    @cached_property
    def _by_code(self) -> Mapping[str, FoundCode]:
        return {found.code: found for found in self.codes}


@dataclass
class _Use:
    """What the newest tables have of one codelist. `folder`: the first edition that uses it."""

    folder: Path
    titles: dict[str, None] = field(default_factory=dict)
    levels: set[str] = field(default_factory=set)
    places: dict[str, list[Place]] = field(default_factory=dict)


def found_codelists(site: Site) -> tuple[FoundCodelist, ...]:
    """By identifier, in English, names whole. Raises ReleaseError where an edition cannot be read."""
    uses: dict[str, _Use] = {}
    for folder, path, table in _newest_tables(site):
        for dimension in table.dimensions:
            use = uses.setdefault(dimension.codelist, _Use(folder))
            use.titles[dimension.title] = None
            use.levels.update(dimension.levels)
            place = Place(table.title, f"{path}/tables/{table.id}.html", dimension.column)
            for code in _codes(folder, table, dimension):
                use.places.setdefault(code, []).append(place)
    return tuple(_found(site.folder, codelist, uses[codelist]) for codelist in sorted(uses))


def in_words(codelist: FoundCodelist, words: Words) -> FoundCodelist:
    """The same in a language, names at a length that fits a line."""
    codes = tuple(_said(code, words) for code in codelist.codes)
    return replace(codelist, titles=tuple(map(words.own, codelist.titles)), codes=codes)


def _said(code: FoundCode, words: Words) -> FoundCode:
    name = words.code_name(code.codelist, code.code, code.name)
    places = tuple(replace(place, title=words.own(place.title)) for place in code.places)
    english = "" if name == code.name else short_name(code.name)
    return replace(code, name=short_name(name), places=places, english=english)


def _newest_tables(site: Site) -> Iterator[tuple[Path, str, Described]]:
    for series in site.series:
        if series.latest is not None:
            folder = site.folder / series.latest.path
            for table in read_edition(folder).tables:
                yield folder, series.latest.path, table


def _codes(folder: Path, table: Described, dimension: PublicDimension) -> Iterable[str]:
    """The codes that some row of the table has in this dimension; no column of numbers is opened."""
    path = folder / "data" / f"{table.id}.parquet"
    try:
        column = pq.read_table(path, columns=[dimension.column]).column(dimension.column)
    except (OSError, KeyError, pa.ArrowException) as fault:
        raise ReleaseError("cannot be read as a published table.", place=str(path), remedy="Restore it.") from fault
    return sorted(str(code) for code in pc.unique(column).to_pylist())


def _found(root: Path, codelist: str, use: _Use) -> FoundCodelist:
    rows = read_codelist(use.folder / "metadata" / "codelists" / f"{codelist}.csv")
    ranks = {level: rank for rank, level in enumerate(dict.fromkeys(row["level"] for row in rows))}
    wanted = use.levels - {*LEFT_OUT}
    codes = [
        FoundCode(
            codelist,
            row["code"],
            row["name"],
            row["level"],
            row["parent"],
            tuple(use.places.get(row["code"], ())),
            _profile(root, codelist, row["code"]),
        )
        for row in rows
        if row["level"] in wanted and row["code"] != TOTAL
    ]
    codes.sort(key=lambda found: (ranks[found.level], found.code))
    return FoundCodelist(codelist, tuple(use.titles), tuple(codes), {row["code"]: row["parent"] for row in rows})


def _profile(root: Path, codelist: str, code: str) -> str:
    """The profile page of a code, where one lies on the site."""
    page = f"{PROFILES.get(codelist, '')}/{code}.html"
    return page if codelist in PROFILES and (root / page).is_file() else ""


def read_codelist(path: Path) -> list[dict[str, str]]:
    """code, name, level, parent, all text, as metadata/codelists/<ID>.csv has them."""
    return [dict(row) for row in _read(path).to_pylist()]


def codes_at(path: Path, level: str) -> set[str]:
    """The codes of one level of a codelist file."""
    rows = _read(path)
    return {str(code) for code in rows.filter(pc.field("level") == level).column("code").to_pylist()}


def _read(path: Path) -> pa.Table:
    texts = dict.fromkeys(("code", "name", "level", "parent"), pa.string())
    try:
        return pa_csv.read_csv(
            path, convert_options=pa_csv.ConvertOptions(column_types=texts, strings_can_be_null=False)
        )
    except (OSError, pa.ArrowException) as fault:
        raise ReleaseError("cannot be read as a codelist.", place=str(path), remedy="Restore it.") from fault
