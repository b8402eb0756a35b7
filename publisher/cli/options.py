"""Options that many commands share, spelled once."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.identity import unlock_service_if_named
from publisher.errors import UsageError
from publisher.settings import Workspace, find_workspace

WorkspaceOption = Annotated[
    Path | None,
    typer.Option(
        "--workspace", "-w", envvar="PUBLISHER_WORKSPACE", help="The workspace folder.", show_default="here"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
WhoOption = Annotated[
    str,
    typer.Option("--who", help="Who does this, for the chain of custody.", show_default="your login name"),
]
AgainstOption = Annotated[
    Path | None,
    typer.Option("--against", help="A checkpoint that was kept elsewhere: finds a log that was cut or rewritten."),
]


def workspace_at(folder: Path | None) -> Workspace:
    """The workspace that a command works in, its service key unlocked where that has a passphrase.

    Raises UsageError where there is none, KeyRefusedError for a wrong passphrase.
    """
    here = find_workspace(folder)
    unlock_service_if_named(here)
    return here


def kept_checkpoint(path: Path | None) -> bytes | None:
    """The bytes of --against. Raises UsageError where the file cannot be read."""
    if path is None:
        return None
    try:
        return path.read_bytes()
    except OSError as fault:
        raise UsageError(
            f"cannot be read ({fault.strerror}).", place=str(path), remedy="Name a checkpoint that you kept."
        ) from None


def login_name() -> str:
    return getpass.getuser()
