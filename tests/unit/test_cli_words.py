"""publisher words: the office's own texts for a translator, added to what is translated already."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.cli.workspace import make_workspace
from publisher.errors import CatalogueError, UsageError
from publisher.publication.site.office_texts import office_texts
from publisher.publication.speech import languages_of
from publisher.release.edition.manifest import EditionRef
from publisher.settings import Office, Workspace, load_settings
from tests.lib.public_log import issued, log_of, withdrawn
from tests.lib.published_site import PLAN

TITLE = "Imports by commodity and country of origin"


def called(*words: str) -> str:
    result = CliRunner().invoke(app_for(()), words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.stdout


def counted(*words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(called("words", *words, "--json"))
    return found


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """Shipped queries; the name of the office and the title of a query are its own."""
    called("init", str(tmp_path / "w"))
    workspace = Workspace(tmp_path / "w")
    change(workspace.settings_file, "Office of Trade Statistics", "Bureau of Numbers")
    change(workspace.queries / "imports_by_commodity_origin.toml", TITLE, 'Our \\"own\\" title')
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(workspace.root))
    return workspace


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_texts_without_a_translation_are_listed_and_what_is_translated_stays(here: Workspace) -> None:
    assert counted("fr") == {
        "language": "fr",
        "file": str(here.root / "words" / "fr.po"),
        "added": 2,
        "open": 2,
        "translated": 0,
        "spoken": False,
    }
    file = here.root / "words" / "fr.po"
    first = file.read_text("utf-8")
    assert "#. queries/imports_by_commodity_origin.toml\n" + r'msgid "Our \"own\" title"' in first
    file.write_text(
        first.replace(
            'msgid "Bureau of Numbers"\nmsgstr ""', 'msgid "Bureau of Numbers"\nmsgstr "Bureau des nombres"'
        )
        + "# a note of the translator\n",
        "utf-8",
    )
    change(here.releases / "monthly_trade" / "plan.toml", "Monthly trade statistics", "Trade each month")
    assert "1 added, 2 to translate, 1 translated" in called("words", "fr")
    after = file.read_text("utf-8")
    assert "# a note of the translator\n" in after and after.count("Bureau of Numbers") == 1
    assert called("words", "fr") and file.read_text("utf-8") == after  # nothing new: the same bytes
    french = languages_of(Office(languages=("en", "fr")), here)[1]
    assert french.own("Bureau of Numbers") == "Bureau des nombres"


@pytest.mark.parametrize(("language", "said"), [("en", "needs no file"), ("xx", "is none of: en, fr")])
def test_a_language_that_has_no_file_is_refused(here: Workspace, language: str, said: str) -> None:
    with pytest.raises(CatalogueError, match=said):
        called("words", language)
    assert not (here.root / "words").exists()


def test_a_file_that_is_no_list_of_messages_is_left_alone(here: Workspace) -> None:
    file = here.root / "words" / "fr.po"
    file.parent.mkdir()
    file.write_text('msgid "half', "utf-8")
    with pytest.raises(CatalogueError, match="cannot be read as messages"):
        called("words", "fr")
    assert file.read_text("utf-8") == 'msgid "half'


def test_reasons_of_the_log_are_texts_of_the_office() -> None:
    ref = EditionRef(series="monthly_trade", period="2020-12", version=1, manifest_sha256="0" * 64)
    told = issued(
        ref, "correction", "A number was wrong", due=PLAN.due("2020-12"), access=[("Ministry", "Head", "t")]
    )
    texts = office_texts(Office(), (), (), log_of(("t", told), ("t", withdrawn(ref))))
    assert {"A number was wrong", "A number was wrong.", "Ministry", "Head", withdrawn(ref).known} <= texts.keys()


def test_a_workspace_begins_with_the_languages_named(tmp_path: Path) -> None:
    here = make_workspace(tmp_path / "two", ("en", "fr", "fr"))
    assert load_settings(here).office.languages == ("en", "fr")
    assert load_settings(make_workspace(tmp_path / "one")).office.languages == ("en",)
    with pytest.raises(UsageError, match="Name one of: en, fr"):
        make_workspace(tmp_path / "none", ("en", "xx"))
    assert not (tmp_path / "none").exists()
