"""words_for("fr"): a language from its files below publication/locale/. Another language is another folder.

All .po files but shipped.po have together every message (one file a part of the site, so that two translators do not
meet). Where they are there, too: shipped.po, the titles of the shipped queries, and <codelist>.csv, names of codes
(of the HS its sections and chapters). Names of countries are pycountry's. said.csv: names inside sentences.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import cache
from gettext import c2py
from importlib import resources
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po

from publisher.errors import CatalogueError, Fault
from publisher.publication.words.code_names import code_names, said_names
from publisher.publication.words.words import Words

SHIPPED = "shipped.po"
Messages = Mapping[str, tuple[str, ...]]


def _locale() -> Traversable:
    return resources.files("publisher.publication") / "locale"


ENGLISH = Words("en", "English", said_names=said_names(_locale() / "en"))


def known_languages() -> tuple[str, ...]:
    """English first, then every language that the package has a catalogue of."""
    return ("en", *sorted(folder.name for folder in _locale().iterdir() if folder.is_dir() and folder.name != "en"))


@cache
def words_for(language: str, own: Path | None = None) -> Words:
    """`own`: the office's catalogue of its own texts (titles of tables, its name), where there is one.

    Raises CatalogueError for a language without a catalogue and for a catalogue that cannot be read.
    """
    if language == "en":
        return ENGLISH
    if language not in known_languages():
        known = ", ".join(known_languages())
        raise CatalogueError([Fault("settings.toml: office.languages", f"{language!r} is none of: {known}.")])
    locale, folder = Locale.parse(language), _locale() / language
    symbols = locale.number_symbols["latn"]
    return Words(
        language,
        (locale.display_name or language).capitalize(),
        thousands=symbols["group"],
        decimal=symbols["decimal"],
        messages={key: forms for file in message_files(language) for key, forms in file.items()},
        plural=_plural(language),
        own_texts=_own_texts(folder, own, language),
        names=code_names(language, folder),
        said_names=said_names(folder),
    )


def message_files(language: str) -> Iterator[Messages]:
    """Every file of messages of a language that the package has."""
    for file in sorted((_locale() / language).iterdir(), key=lambda one: one.name):
        if file.name.endswith(".po") and file.name != SHIPPED:
            yield read_messages(file.read_bytes(), language)


def read_messages(content: bytes, language: str) -> Messages:
    """English -> its forms. Empty and fuzzy entries count as missing."""
    try:
        entries = read_po(BytesIO(content), locale=language, abort_invalid=True)
    except Exception as broken:
        raise CatalogueError([Fault(f"catalogue of {language}", f"cannot be read: {broken}")]) from broken
    found: dict[str, tuple[str, ...]] = {}
    for entry in entries:
        forms = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        if entry.id and all(forms) and not entry.fuzzy:
            found[entry.id if isinstance(entry.id, str) else entry.id[0]] = tuple(map(str, forms))
    return found


def _own_texts(folder: Traversable, own: Path | None, language: str) -> Mapping[str, str]:
    """Titles of the shipped queries and codelists (shipped.po), then what the office says itself."""
    shipped = folder / SHIPPED
    found = dict(read_messages(shipped.read_bytes(), language)) if shipped.is_file() else {}
    if own is not None and own.is_file():
        found |= read_messages(own.read_bytes(), language)
    return {english: forms[0] for english, forms in found.items()}


def _plural(language: str) -> Callable[[int], int]:
    """The place of a form, in the order that programs for translators write forms of the language in (Babel's)."""
    form = c2py(get_plural(language).plural_expr)
    return lambda count: int(form(abs(count)))
