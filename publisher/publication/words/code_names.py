"""Names of codes in another language: sections and chapters of the HS and short lists from files, countries from
pycountry's locales. A name that nobody translated is None; it stays English and is marked as such.

said.csv has names as they stand inside a sentence, English ones too: with the article that countries have ("the
United States", "la Chine"), goods in a few words that claim neither more nor less than the name.
"""

import csv
import gettext
from collections.abc import Callable
from functools import cache
from importlib.resources.abc import Traversable

import pycountry


def code_names(language: str, folder: Traversable) -> Callable[[str, str, str], str | None]:
    """(codelist, code, English name) -> name."""
    countries = gettext.translation("iso3166-1", pycountry.LOCALES_DIR, languages=[language], fallback=True)

    @cache
    def table(codelist: str) -> dict[str, str]:
        file = folder / f"{codelist}.csv"
        return _read(file) if file.is_file() else {}

    def name(codelist: str, code: str, english: str) -> str | None:
        found = table(codelist).get(code)
        if found is None and codelist == "COUNTRY":
            translated = countries.gettext(english)
            return translated if pycountry.countries.get(alpha_2=code) else None
        return found

    return name


def said_names(folder: Traversable) -> dict[tuple[str, str], str]:
    """(codelist, code) -> how a sentence names it; {} for a language without such names."""
    file = folder / "said.csv"
    rows = csv.DictReader(file.read_text("utf-8").splitlines()) if file.is_file() else ()
    return {(row["codelist"], row["code"]): row["name"] for row in rows}


def _read(file: Traversable) -> dict[str, str]:
    return {row["code"]: row["name"] for row in csv.DictReader(file.read_text("utf-8").splitlines())}
