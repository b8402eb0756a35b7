"""words/<language>.po of a workspace: the office's own texts. New ones are added to it; what is there stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.pofile import escape, read_po

from publisher.errors import CatalogueError, Fault
from publisher.publication.words.catalogue import words_for
from publisher.publication.words.words import Untranslated

_HEAD = """\
# Texts of this office, for pages in another language. Write the translation between the quotes of msgstr; a text
# without one stays English on the page. Lines are only ever added to this file.
msgid ""
msgstr ""
"Language: {language}\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"""


@dataclass(frozen=True)
class OwnTexts:
    """Counts of the file: texts `added` to it now, those that are still `open`, and those that are `translated`."""

    file: Path
    added: int
    open: int
    translated: int


def add_own_texts(file: Path, language: str, texts: Mapping[str, str]) -> OwnTexts:
    """Adds each of `texts` (text -> where it comes from) that neither the package translates nor the file has.

    Raises CatalogueError for English, for a language without a catalogue and for a file that cannot be read.
    """
    if language == "en":
        raise CatalogueError([Fault("language 'en'", "needs no file: pages are English without one", "such as: fr")])
    packaged = words_for(language)
    before = file.read_text("utf-8") if file.is_file() else _HEAD.format(language=language)
    entries = _entries(before, file, language)
    new = {
        text: place
        for text, place in texts.items()
        if text not in entries and isinstance(packaged.own(text), Untranslated)
    }
    if new:
        _write(file, before.rstrip("\n") + "\n" + "".join(_entry(*one) for one in new.items()))
    done = sum(map(bool, entries.values()))
    return OwnTexts(file, len(new), len(entries) - done + len(new), done)


def _entries(content: str, file: Path, language: str) -> Mapping[str, bool]:
    """Text -> whether it has a translation that counts."""
    try:
        read = list(read_po(BytesIO(content.encode()), locale=language, abort_invalid=True))
    except Exception as broken:
        raise CatalogueError([Fault(str(file), f"cannot be read as messages: {broken}")]) from broken
    return {str(entry.id): bool(entry.string) and not entry.fuzzy for entry in read if entry.id}


def _entry(text: str, place: str) -> str:
    return f'\n#. {place}\nmsgid {escape(text)}\nmsgstr ""\n'


def _write(file: Path, content: str) -> None:
    """The old file or the whole new one."""
    file.parent.mkdir(exist_ok=True)
    half = file.with_name(f".{file.name}.new")
    half.write_text(content, encoding="utf-8", newline="\n")
    half.replace(file)
