"""person add, list, revoke, rotate, roles, administrators, confirm, discard."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.console import out, show_json
from publisher.cli.identity import KeyFileOption, PersonOption, new_person_passphrase, service_passphrase, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.people_report import show_change, show_founding, show_people, show_proposal
from publisher.errors import UsageError
from publisher.release.people import changes as people_changes
from publisher.release.people import register_change
from publisher.release.people.people import add_key, add_person
from publisher.release.people.register import HUMAN_ROLES, Role
from publisher.release.people.register_change import Change
from publisher.release.people.signing import Signer
from publisher.release.people.ssh_keys import load_public
from publisher.settings import Workspace

app = typer.Typer(no_args_is_help=True, help="Who may prepare, approve, publish and administer.")

Name = Annotated[str, typer.Argument(help="A short name: small letters, digits, '-' and '_'. One human for ever.")]
Roles = Annotated[list[str], typer.Option("--role", help="prepare, approve, publish or administer. Repeatable.")]
KeyOption = Annotated[
    Path | None,
    typer.Option("--key", help="A public key to register (ours, or a line 'ssh-ed25519 ...'); no key is made here."),
]


@app.command()
def add(
    name: Name,
    role: Roles,
    administrator: Annotated[
        str | None, typer.Option("--as", help="Who enters the person; nobody for the first, who founds the log.")
    ] = None,
    key: KeyOption = None,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enter a person in the register: with a key that is made here, or with a public key that the person brings.

    The first person founds the log and administers the register.

    Example:  publisher person add bob --role approve --key bob.pub --as ann
    """
    here, roles = workspace_at(workspace), as_roles(role)
    by = signer_for(here, administrator, "administer", key_file) if administrator else None
    change = _added(here, name, roles, key, by)
    if by is None:
        show_founding(here, name, change, as_json=as_json)
    else:
        show_change(change, as_json=as_json)


@app.command("list")
def list_people(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show the register, with the keys of the past, and what waits for an administrator.

    Example:  publisher person list
    """
    show_people(workspace_at(workspace), as_json=as_json)


@app.command()
def revoke(
    name: Name,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the private log.")],
    administrator: PersonOption,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take every role from a person. What the key signed before stands, nothing that it signs later does.

    Example:  publisher person revoke bob --reason "left the office" --as ann
    """
    here = workspace_at(workspace)
    by = signer_for(here, administrator, "administer", key_file)
    show_change(people_changes.revoke(here, name, reason, by=by, now=datetime.now(UTC)), as_json=as_json)


@app.command()
def rotate(
    name: Name,
    administrator: PersonOption,
    key: KeyOption = None,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a person a new key and revoke the old one. It stays the same human, who never counts twice.

    Example:  publisher person rotate bob --key bob-2027.pub --as ann
    """
    here = workspace_at(workspace)
    by = signer_for(here, administrator, "administer", key_file)
    new = load_public(key) if key else new_person_passphrase(name)
    show_change(people_changes.rotate(here, name, new, by=by, now=datetime.now(UTC)), as_json=as_json)


@app.command()
def roles(
    name: Name,
    role: Roles,
    administrator: PersonOption,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a person these roles instead of those held now.

    Example:  publisher person roles bob --role approve --role publish --as ann
    """
    here = workspace_at(workspace)
    by = signer_for(here, administrator, "administer", key_file)
    show_change(
        people_changes.change_roles(here, name, as_roles(role), by=by, now=datetime.now(UTC)), as_json=as_json
    )


@app.command()
def administrators(
    number: Annotated[int, typer.Argument(help="How many administrators must sign for a change from then on.")],
    administrator: PersonOption,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask for the signatures of several administrators for each change of the register.

    Example:  publisher person administrators 2 --as ann
    """
    here = workspace_at(workspace)
    by = signer_for(here, administrator, "administer", key_file)
    change = people_changes.require_administrators(here, number, by=by, now=datetime.now(UTC))
    show_change(change, as_json=as_json)


@app.command()
def confirm(
    digest: Annotated[str, typer.Argument(help="Of the change that you read; none shows it and signs nothing.")] = "",
    administrator: Annotated[str | None, typer.Option("--as", envvar="PUBLISHER_PERSON", help="Who signs.")] = None,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the change that waits, then sign it as a further administrator.

    Example:  publisher person confirm 4f1c9a3be02d --as cem
    """
    here = workspace_at(workspace)
    if not digest:
        show_proposal(here, as_json=as_json)
        return
    by = signer_for(here, _named(administrator), "administer", key_file)
    show_change(register_change.confirm(here, digest, by=by, now=datetime.now(UTC)), as_json=as_json)


@app.command()
def discard(
    administrator: PersonOption,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take away the change that waits for administrators. Nothing of it was in force.

    Example:  publisher person discard --as ann
    """
    here = workspace_at(workspace)
    proposal = register_change.discard(here, by=signer_for(here, administrator, "administer", key_file))
    if as_json:
        show_json({"discarded": proposal.digest})
        return
    out.print("The change that waited is gone.")


def as_roles(words: Sequence[str]) -> list[Role]:
    return [as_role(word) for word in words]


def as_role(word: str) -> Role:
    for role in HUMAN_ROLES:
        if role == word:
            return role
    raise UsageError(f"'{word}' is no role.", remedy=f"Choose from {', '.join(HUMAN_ROLES)}.")


def _added(here: Workspace, name: str, roles: Sequence[Role], key: Path | None, by: Signer | None) -> Change:
    now = datetime.now(UTC)
    if key is None:
        passphrase = new_person_passphrase(name)
        return add_person(here, name, roles, passphrase, by=by, now=now, service_passphrase=service_passphrase())
    if by is None:
        raise UsageError(
            "a public key is entered by an administrator.", place=name, remedy="Name one with '--as ADMINISTRATOR'."
        )
    return add_key(here, name, roles, load_public(key), by=by, now=now)


def _named(administrator: str | None) -> str:
    if not administrator:
        raise UsageError("who signs?", place="person confirm", remedy="Name an administrator with '--as'.")
    return administrator
