"""Where a workspace keeps what, and its settings.

A workspace is a folder with queries/ and releases/. All private state lies in its .publisher/ folder:

    .publisher/settings.toml     office name, contact, licence ... (public texts)
    .publisher/keyring.json      wrapped data keys; names the current store file
    .publisher/store-<n>.duckdb  encrypted confidential store
    .publisher/ledger/           privacy ledger and sealed measurements
    .publisher/keys/             Ed25519 signing keys (private part encrypted)
    .publisher/log/              append-only log of events
    .publisher/packs/            embargoed copies, encrypted, under random names
"""

import json
import os
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, field_validator

from publisher.errors import CatalogueError, Fault, UsageError
from publisher.model.colour import readable_below_white
from publisher.model.logo import clean_logo


class Office(BaseModel):
    """Public texts and looks, from [office] in settings.toml.

    `brand` and `brand_dark` are the grounds of the masthead, below white text, in light and dark mode. `logo` is SVG
    text; settings.toml names a file beside itself.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = "Office of Trade Statistics"
    contact: str = "statistics@example.org"
    licence: str = "CC-BY-4.0"
    licence_url: str = "https://creativecommons.org/licenses/by/4.0/"
    base_url: str = "https://statistics.example.org/"
    currency: str = "KRW"
    brand: Annotated[str, AfterValidator(readable_below_white)] = "#0c3550"
    brand_dark: Annotated[str, AfterValidator(readable_below_white)] = "#0b2a40"
    logo: Annotated[str, AfterValidator(clean_logo)] = Field(default="", repr=False)
    languages: tuple[str, ...] = ("en",)

    @field_validator("languages")
    @classmethod
    def _english_first(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        if languages[:1] != ("en",) or len(set(languages)) != len(languages):
            raise ValueError('write each language once, "en" first, such as ["en", "fr"]')
        return languages


class Limits(BaseModel):
    """Resource limits, from [limits] in settings.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_limit: str = "8GB"
    threads: int = 2
    quarantine_percent: float = 5.0


class Notify(BaseModel):
    """Who is told of reminders and delays, from [notify] in settings.toml: a command that gets the text on its
    standard input, and how many days before a release reminders begin."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    command: tuple[str, ...] = ()
    days: int = Field(default=3, ge=0, le=31)


class Settings(BaseModel):
    """The whole of settings.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    office: Office = Office()
    limits: Limits = Limits()
    notify: Notify = Notify()


LANGUAGES = 'languages = ["en"]'
SETTINGS_TEXT = f"""\
# Public texts: they stand on every page.
[office]
name = "Office of Trade Statistics"
contact = "statistics@example.org"
licence = "CC-BY-4.0"
licence_url = "https://creativecommons.org/licenses/by/4.0/"
base_url = "https://statistics.example.org/"
currency = "KRW"
# Grounds of the masthead, below white text: a colour on which that is hard to read is refused, with the ratio.
brand = "#0c3550"
brand_dark = "#0b2a40"
# An SVG file in this folder, shapes only.
logo = ""
{LANGUAGES}   # of the pages, English first; for your own texts: publisher words fr

[limits]
memory_limit = "8GB"
threads = 2
quarantine_percent = 5.0

# Reminders and delays go to this command's standard input, such as ["mail", "-s", "Releases", "desk@example.org"].
[notify]
command = []
days = 3
"""


def settings_text(languages: Sequence[str] = ("en",)) -> str:
    """A settings file to edit."""
    return SETTINGS_TEXT.replace(LANGUAGES, f"languages = {json.dumps(list(languages))}")


@dataclass(frozen=True)
class Workspace:
    """Paths of one workspace. Nothing is created by looking."""

    root: Path

    @property
    def queries(self) -> Path:
        return self.root / "queries"

    @property
    def releases(self) -> Path:
        return self.root / "releases"

    @property
    def site(self) -> Path:
        return self.releases / "site"

    @property
    def private(self) -> Path:
        return self.root / ".publisher"

    @property
    def keyring(self) -> Path:
        return self.private / "keyring.json"

    @property
    def ledger(self) -> Path:
        return self.private / "ledger"

    @property
    def keys(self) -> Path:
        return self.private / "keys"

    @property
    def log(self) -> Path:
        return self.private / "log"

    @property
    def settings_file(self) -> Path:
        return self.private / "settings.toml"

    def edition(self, series: str, period: str, version: int) -> Path:
        return self.releases / series / period / f"v{version}"


def find_workspace(start: Path | None = None) -> Workspace:
    """The workspace named by $PUBLISHER_WORKSPACE, else the nearest folder upwards with queries/ and releases/.

    Raises UsageError where there is none.
    """
    named = os.environ.get("PUBLISHER_WORKSPACE")
    here = Path(named) if named and start is None else (start or Path.cwd())
    for folder in (here, *here.resolve().parents):
        if (folder / "queries").is_dir() and (folder / "releases").is_dir():
            return Workspace(folder)
    raise UsageError(
        "there is no workspace here.",
        place=str(here),
        remedy="Make one with 'publisher init DIR', or name one with --workspace DIR.",
    )


def load_settings(workspace: Workspace) -> Settings:
    """The settings of a workspace, defaults where the file is absent. Raises CatalogueError with every fault."""
    path = workspace.settings_file
    if not path.exists():
        return Settings()
    try:
        return Settings.model_validate(_with_logo(path, tomllib.loads(path.read_text("utf-8"))))
    except tomllib.TOMLDecodeError as broken:
        raise CatalogueError([Fault(str(path), f"is not TOML: {broken}")]) from broken
    except ValidationError as invalid:
        faults = [Fault(f"{path}: {'.'.join(map(str, e['loc']))}", e["msg"]) for e in invalid.errors()]
        raise CatalogueError(faults) from invalid


def _with_logo(path: Path, told: dict[str, Any]) -> dict[str, Any]:
    """settings.toml with the text of the logo's file in place of its name."""
    office = told.get("office", {})
    name = office.get("logo", "") if isinstance(office, dict) else ""
    if not name:
        return told
    try:
        return {**told, "office": {**office, "logo": (path.parent / Path(str(name)).name).read_text("utf-8")}}
    except (OSError, ValueError) as missing:
        raise CatalogueError([Fault(f"{path}: office.logo", "names no SVG file in this folder")]) from missing
