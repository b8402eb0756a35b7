"""Passphrases and keys: of the store, of people, of the service. Never on the command line.

PUBLISHER_PERSON_KEY(_FILE)      the passphrase of the person who does it (--as)
PUBLISHER_NEW_PERSON_KEY(_FILE)  that of a key that is being made
PUBLISHER_SIGNING_KEY            the private key file of the person, where it is kept elsewhere (--key-file)
PUBLISHER_SERVICE_KEY(_FILE)     the passphrase of the service key; or the systemd credential publisher-service
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.console import err
from publisher.release.people.people import find_person, open_signer, private_key_of, read_register
from publisher.release.people.register import Role
from publisher.release.people.service import is_locked, unlock_service
from publisher.release.people.signing import Signer
from publisher.release.people.ssh_keys import needs_passphrase
from publisher.settings import Settings, Workspace, load_settings
from publisher.store.connection import Store, open_store
from publisher.store.key import read_passphrase

PERSON_VARIABLE = "PUBLISHER_PERSON_KEY"
NEW_PERSON_VARIABLE = "PUBLISHER_NEW_PERSON_KEY"
SIGNING_VARIABLE = "PUBLISHER_SIGNING_KEY"
SERVICE_VARIABLE = "PUBLISHER_SERVICE_KEY"
SERVICE_CREDENTIAL = "publisher-service"

PersonOption = Annotated[
    str,
    typer.Option(
        "--as",
        envvar="PUBLISHER_PERSON",
        help=f"The person who does this. The passphrase of the person's key comes from ${PERSON_VARIABLE}, "
        f"from the file ${PERSON_VARIABLE}_FILE, or from a prompt.",
    ),
]
KeyFileOption = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        envvar=SIGNING_VARIABLE,
        help="The private key of --as, where it is kept elsewhere: ours or OpenSSH, Ed25519.",
    ),
]


def opened_store(workspace: Workspace) -> Store:
    """The confidential store, with the passphrase from environment, key file or prompt."""
    settings: Settings = load_settings(workspace)
    return open_store(workspace, read_passphrase(prompt=asking("Passphrase of the store")), settings)


def signer_for(workspace: Workspace, person: str, role: Role, key_file: Path | None = None) -> Signer:
    """The unlocked key of a person. Raises ReleaseError for a lacking role, KeyRefusedError."""
    found = find_person(read_register(workspace), person, role)
    path = key_file or signing_key_file() or private_key_of(workspace, found)
    passphrase = passphrase_for(person, path) if path.exists() else ""
    return open_signer(workspace, person, passphrase, role, key_file=path)


def signing_key_file() -> Path | None:
    """The private key file that the environment names."""
    named = os.environ.get(SIGNING_VARIABLE)
    return Path(named) if named else None


def passphrase_for(person: str, key_file: Path | None) -> str:
    """Asked for where the key file has one; the keys that were made here always have."""
    return "" if key_file and not needs_passphrase(key_file) else person_passphrase(person)


def person_passphrase(person: str) -> str:
    return read_passphrase(prompt=asking(f"Passphrase of {person}"), variable=PERSON_VARIABLE)


def new_person_passphrase(person: str) -> str:
    """For a key that is being made. Where one passphrase is named for both people of a command, it serves both."""
    variable = NEW_PERSON_VARIABLE if named_in_environment(NEW_PERSON_VARIABLE) else PERSON_VARIABLE
    return read_passphrase(prompt=asking(f"New passphrase of {person}"), variable=variable)


def named_in_environment(variable: str) -> bool:
    return variable in os.environ or f"{variable}_FILE" in os.environ


def service_passphrase(environment: Mapping[str, str] = os.environ) -> str:
    """The passphrase of the service key, "" where nobody named one: it is never asked for, nobody may be there."""
    if named_in_environment(SERVICE_VARIABLE):
        return read_passphrase(variable=SERVICE_VARIABLE)
    credential = Path(environment.get("CREDENTIALS_DIRECTORY", "")) / SERVICE_CREDENTIAL
    if "CREDENTIALS_DIRECTORY" in environment and credential.is_file():
        return credential.read_text().rstrip("\r\n")
    return ""


def unlock_service_if_named(workspace: Workspace) -> None:
    """For every command that works in a workspace. A locked key stays so where nobody named its passphrase."""
    passphrase = service_passphrase() if is_locked(workspace) else ""
    if passphrase:
        unlock_service(workspace, passphrase)


class asking:  # noqa: N801 - reads as a verb where it is used
    """A prompt on the terminal that does not echo; answers nothing where there is no terminal."""

    def __init__(self, question: str) -> None:
        self.question = question

    def __call__(self) -> str:
        if not err.is_terminal:
            return ""
        return str(typer.prompt(self.question, hide_input=True, err=True))
