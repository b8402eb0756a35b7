"""Words that people use for goods and countries, and the codes that they mean: lists/*_synonyms.<language>.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

FILES: Mapping[str, str] = {"HS": "hs_synonyms.en.csv", "COUNTRY": "country_synonyms.en.csv"}


@dataclass(frozen=True)
class Synonym:
    """`term` means `code`; a term with several codes stands once for each."""

    term: str
    code: str


@cache
def synonyms(codelist: str) -> tuple[Synonym, ...]:
    """In order of the file; () for a codelist without one. A line of it: term, then codes with spaces between."""
    if codelist not in FILES:
        return ()
    file = resources.files("publisher.publication").joinpath("lists", FILES[codelist])
    lines = csv.reader(file.read_text("utf-8").splitlines()[1:])
    return tuple(Synonym(term, code) for term, codes in lines for code in codes.split())
