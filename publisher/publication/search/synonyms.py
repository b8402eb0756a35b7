"""Words that people use for goods and countries, and the codes that they mean: lists/*_synonyms.<language>.csv."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

FILES: Mapping[str, str] = {"HS": "hs_synonyms", "COUNTRY": "country_synonyms"}


@dataclass(frozen=True)
class Synonym:
    """`term` means `code`; a term with several codes stands once for each."""

    term: str
    code: str


@cache
def synonyms(codelist: str, language: str) -> tuple[Synonym, ...]:
    """In order of the file; () for a codelist or a language without one. A line of it: term, then codes with spaces
    between."""
    name = f"{FILES.get(codelist, '')}.{language}.csv"
    file = resources.files("publisher.publication").joinpath("lists", name)
    lines = csv.reader(file.read_text("utf-8").splitlines()[1:]) if file.is_file() else ()
    return tuple(Synonym(term, code) for term, codes in lines for code in codes.split())
