"""A published table in one language, for sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.subject import Subject
from publisher.publication.tables.display import HEADLINE_LENGTH, short_name
from publisher.publication.words import Words


@dataclass(frozen=True)
class TableWords:
    """Titles of its parts by column, what its measures may be called, its codes' names by column and code."""

    say: Words
    title: str
    dimensions: Mapping[str, str]
    measures: Mapping[str, str]
    subjects: Mapping[str, Subject]
    codelists: Mapping[str, str]
    names: Mapping[str, Mapping[str, str]] = field(repr=False)

    def name(self, fact: HeadlineFact, code: str) -> str:
        """A code along the fact's dimension, as a sentence has it: "China", "road vehicles (chapter 87)"."""
        codelist = self.codelists[fact.dimension]
        english = self.names[fact.dimension].get(code, code)
        short = short_name(self.say.code_name(codelist, code, english), HEADLINE_LENGTH)
        said = self.say.said_name(codelist, code, short)
        return self._with_code(said, fact.level, code) if codelist == "HS" else said

    def _with_code(self, name: str, level: str, code: str) -> str:
        say = self.say.gettext
        match level:
            case "section":
                return say("%(name)s (section %(code)s)", name=name, code=code)
            case "chapter":
                return say("%(name)s (chapter %(code)s)", name=name, code=code)
            case "heading":
                return say("%(name)s (heading %(code)s)", name=name, code=code)
        return say("%(name)s (subheading %(code)s)", name=name, code=code)

    def dimension(self, fact: HeadlineFact) -> str:
        """The title of the fact's dimension inside a sentence."""
        return self.say.inside(self.dimensions[fact.dimension])

    def subject(self, fact: HeadlineFact) -> Subject:
        return self.subjects[fact.measure]
