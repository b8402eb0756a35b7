"""words: the list of the office's own texts for a translator."""

from typing import Annotated

import typer

from publisher.catalogue.load import load_plans, load_queries
from publisher.cli.console import out, show_json
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.publication.site.office_texts import office_texts
from publisher.publication.words.own_file import add_own_texts
from publisher.release.transparency.log import read_log
from publisher.settings import load_settings


def words(
    language: Annotated[str, typer.Argument(help="The language of the pages, such as fr.")],
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write words/LANGUAGE.po: your own texts that have no translation yet, each with an empty place for it.

    Texts of settings, plans, queries and of the public log (reasons). What is in the file already stays.

    Example:  publisher words fr
    """
    here = workspace_at(workspace)
    office = load_settings(here).office
    texts = office_texts(office, load_queries(here).values(), load_plans(here).values(), read_log(here).leaves)
    done = add_own_texts(here.root / "words" / f"{language}.po", language, texts)
    if as_json:
        counts = {"added": done.added, "open": done.open, "translated": done.translated}
        show_json({"language": language, "file": str(done.file), **counts, "spoken": language in office.languages})
        return
    out.print(f"{done.file}: {done.added} added, {done.open} to translate, {done.translated} translated")
    if language not in office.languages:
        languages = ", ".join(f'"{name}"' for name in (*office.languages, language))
        out.print(f"No page is made in it yet: {here.settings_file}, languages = [{languages}]")
