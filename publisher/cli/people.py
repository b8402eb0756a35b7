"""person add, person list."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from publisher.cli.console import out, show_json, show_table
from publisher.cli.identity import PERSON_VARIABLE, new_person_passphrase, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import UsageError
from publisher.release.people import add_person, read_register
from publisher.release.register import HUMAN_ROLES, Role

app = typer.Typer(no_args_is_help=True, help="Who may prepare, approve and publish.")


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="A short name: small letters, digits, '-' and '_'.")],
    role: Annotated[list[str], typer.Option("--role", help="prepare, approve, publish or administer. Repeatable.")],
    administrator: Annotated[
        str | None, typer.Option("--as", help="Who enters the person; nobody for the first, who founds the log.")
    ] = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a signing key for a person and enter the person in the register.

    Example:  publisher person add bob --role approve --as ann
    """
    here = workspace_at(workspace)
    by = signer_for(here, administrator, "administer") if administrator else None
    roles = [as_role(word) for word in role]
    person = add_person(here, name, roles, new_person_passphrase(name), by=by, now=datetime.now(UTC))
    if as_json:
        show_json({"name": person.name, "roles": person.roles, "fingerprint": person.fingerprint})
        return
    out.print(f"{person.name} may {', '.join(person.roles)}. Key {person.fingerprint[:16]}… in {here.keys}")
    out.print(f"The private key is encrypted; its passphrase is asked for, or read from ${PERSON_VARIABLE}_FILE.")


@app.command("list")
def list_people(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Show the register.

    Example:  publisher person list
    """
    people = read_register(workspace_at(workspace)).people
    if as_json:
        show_json([{"name": p.name, "roles": p.roles, "fingerprint": p.fingerprint} for p in people])
        return
    show_table("", ("name", "roles", "key"), [(p.name, ", ".join(p.roles), p.fingerprint) for p in people])


def as_role(word: str) -> Role:
    for role in HUMAN_ROLES:
        if role == word:
            return role
    raise UsageError(f"'{word}' is no role.", remedy=f"Choose from {', '.join(HUMAN_ROLES)}.")
