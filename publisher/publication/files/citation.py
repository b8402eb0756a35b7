"""How to cite an edition or a table: text and BibTeX, with the immutable address."""

from publisher.publication.imprint import Imprint
from publisher.publication.periods import period_words
from publisher.publication.words import ENGLISH, Words


def citation(imprint: Imprint, title: str, url: str, words: Words = ENGLISH) -> str:
    """Office (year). Title, period, version. Address"""
    return words.gettext(
        "%(office)s (%(year)s). %(title)s, %(period)s, version %(number)s. %(url)s",
        office=words.own(imprint.office.name),
        year=imprint.due.year,
        title=title,
        period=words.period(imprint.period),
        number=imprint.version,
        url=url,
    )


def bibtex(imprint: Imprint, key: str, title: str, url: str) -> str:
    return "\n".join(
        (
            f"@misc{{{key}_{imprint.period.replace('-', '_')}_v{imprint.version},",
            f"  author  = {{{{{_tex(imprint.office.name)}}}}},",
            f"  title   = {{{_tex(title)}, {period_words(imprint.period)}}},",
            f"  year    = {{{imprint.due.year}}},",
            f"  version = {{{imprint.version}}},",
            f"  url     = {{{url}}}",
            "}",
        )
    )


def _tex(text: str) -> str:
    return "".join(f"\\{letter}" if letter in "&%$#_{}" else letter for letter in text)
