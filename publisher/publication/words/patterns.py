"""Sentences that come finished from elsewhere (the notes of a noise statement), recognised by their fixed parts."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_PLACE = re.compile(r"%\((\w+)\)s")
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")


@dataclass(frozen=True)
class Pattern:
    """An English sentence with places, and its translation."""

    english: re.Pattern[str]
    translation: str


def patterns(texts: Mapping[str, str]) -> Sequence[Pattern]:
    """Of the texts that have places; longer ones first, so that the most particular one is met first."""
    placed = sorted((text for text in texts if _PLACE.search(text)), key=len, reverse=True)
    return tuple(Pattern(_compiled(text), texts[text]) for text in placed)


def _compiled(text: str) -> re.Pattern[str]:
    fixed = _PLACE.split(text)
    parts = (
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part.replace("%%", "%")) for place, part in enumerate(fixed)
    )
    return re.compile("".join(parts))


def filled(
    known: Sequence[Pattern], text: str, own: Callable[[str], str], number: Callable[[str], str]
) -> str | None:
    """The translation with what stood in the places: numbers by `number`, words by `own`. None where none fits."""
    for pattern in known:
        found = pattern.english.fullmatch(text)
        if found:
            values = found.groupdict().items()
            return pattern.translation % {
                name: number(value) if _NUMBER.fullmatch(value) else own(value) for name, value in values
            }
    return None
