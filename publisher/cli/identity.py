"""Passphrases: of the store and of a person's signing key. Never on the command line."""

import os
from typing import Annotated

import typer

from publisher.cli.console import err
from publisher.release.people import open_signer
from publisher.release.register import Role
from publisher.release.signing import Signer
from publisher.settings import Settings, Workspace, load_settings
from publisher.store.connection import Store, open_store
from publisher.store.key import read_passphrase

PERSON_VARIABLE = "PUBLISHER_PERSON_KEY"
NEW_PERSON_VARIABLE = "PUBLISHER_NEW_PERSON_KEY"

PersonOption = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="PUBLISHER_PERSON",
        help=f"The person who does this. The passphrase of the person's key comes from ${PERSON_VARIABLE}, "
        f"from the file ${PERSON_VARIABLE}_FILE, or from a prompt.",
    ),
]


def opened_store(workspace: Workspace) -> Store:
    """The confidential store, with the passphrase from environment, key file or prompt."""
    settings: Settings = load_settings(workspace)
    return open_store(workspace, read_passphrase(prompt=asking("Passphrase of the store")), settings)


def signer_for(workspace: Workspace, person: str, role: Role) -> Signer:
    """The unlocked key of a person. Raises ReleaseError for a lacking role, KeyRefusedError."""
    return open_signer(workspace, person, person_passphrase(person), role)


def person_passphrase(person: str) -> str:
    return read_passphrase(prompt=asking(f"Passphrase of {person}"), variable=PERSON_VARIABLE)


def new_person_passphrase(person: str) -> str:
    """For a key that is being made. Where one passphrase is named for both people of a command, it serves both."""
    variable = NEW_PERSON_VARIABLE if named_in_environment(NEW_PERSON_VARIABLE) else PERSON_VARIABLE
    return read_passphrase(prompt=asking(f"New passphrase of {person}"), variable=variable)


def named_in_environment(variable: str) -> bool:
    return variable in os.environ or f"{variable}_FILE" in os.environ


class asking:  # noqa: N801 - reads as a verb where it is used
    """A prompt on the terminal that does not echo; answers nothing where there is no terminal."""

    def __init__(self, question: str) -> None:
        self.question = question

    def __call__(self) -> str:
        if not err.is_terminal:
            return ""
        return str(typer.prompt(self.question, hide_input=True, err=True))
