"""Profiles: what all profile pages of one language are made from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from publisher.model.codelist import Code
from publisher.publication.contexts import Frame, Link
from publisher.publication.profile.codes import KINDS, ProfileCodes
from publisher.publication.public_cells import PublicMeasure
from publisher.publication.words import ENGLISH, Words
from publisher.settings import Office

ROOT = "../"


@dataclass(frozen=True)
class Profiles:
    """`kinds` by folder. `files`: (series, table) -> (path, size) of the newest cumulative file."""

    kinds: Mapping[str, ProfileCodes]
    office: Office
    files: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    words: Words = ENGLISH

    def pages(self) -> tuple[tuple[str, str], ...]:
        """(folder, code) of every page."""
        return tuple((folder, code) for folder, codes in self.kinds.items() for code in codes.codes)

    @property
    def codelists(self) -> Mapping[str, Mapping[str, Code]]:
        return next(iter(self.kinds.values())).cells.codelists

    def name(self, codelist: str, code: Code) -> str:
        return self.words.code_name(codelist, code.code, code.name)

    def href(self, codelist: str, code: str) -> str:
        """From one profile page to another; "" where that code has none."""
        folder = next((kind.folder for kind in KINDS if kind.codelist == codelist), "")
        return f"{ROOT}{folder}/{code}.html" if folder and code in self.kinds[folder].codes else ""

    def source(self, title: str, path: str) -> str:
        """What stands below a saved picture of a table's figures; `path`: its page, from the web root."""
        words = self.words
        address = f"{self.office.base_url.rstrip('/')}/{path}"
        named = {"office": words.own(self.office.name), "table": words.own(title), "address": address}
        return words.gettext("Source: %(office)s, %(table)s. %(address)s", **named)

    def frame(self, title: str, description: str, section: str, trail: Sequence[Link]) -> Frame:
        home = Link(self.words.gettext("Home"), f"{ROOT}index.html")
        return Frame(title, description, self.office, ROOT, f"{ROOT}assets/", section, (home, *trail))


def counted(measure: PublicMeasure, words: Words) -> str:
    """ "Net mass (kg)"; the unit only where the title does not say it."""
    title = words.own(measure.title)
    if measure.unit == "1" or measure.unit.lower() in measure.title.lower():
        return title
    return words.gettext("%(measure)s (%(unit)s)", measure=title, unit=words.own(measure.unit))
