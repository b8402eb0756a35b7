"""approve: a second person signs for an edition."""

from pathlib import Path
from typing import Annotated

import typer

from publisher.catalogue.load import load_plan
from publisher.cli.console import out, show_json
from publisher.cli.edition_named import EditionArgument, edition_named
from publisher.cli.identity import KeyFileOption, PersonOption, passphrase_for, signing_key_file
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.model.clock import SystemClock
from publisher.release.approval import approvals
from publisher.release.approval.reviewed import last_reviewed
from publisher.release.edition.edition import Edition


def approve(
    edition: EditionArgument,
    person: PersonOption,
    digest: Annotated[
        str | None,
        typer.Option(
            "--digest",
            help="What 'publisher review' showed, or its first 12 letters. Not needed after 'review --as' yourself.",
        ),
    ] = None,
    key_file: KeyFileOption = None,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Sign for an edition that you reviewed, as a second person: not the one who built it.

    Example:  publisher approve monthly_trade/2021-02 --as bob
    """
    found = edition_named(workspace_at(workspace), edition)
    _sign(found, person, digest or last_reviewed(found, person), key_file or signing_key_file())
    if as_json:
        show_json(
            {"edition": found.name, "approved_by": person, "manifest_sha256": found.manifest.ref.manifest_sha256}
        )
        return
    out.print(f"{person} approved [bold]{found.name}[/bold]. It is due at {found.manifest.due}: from then on")
    out.print("'publisher due' publishes it, by hand or on a timer, or 'publisher publish' by a person.")


def _sign(edition: Edition, person: str, reviewed: str, key_file: Path | None) -> None:
    by_plan = load_plan(edition.workspace, edition.series).people.approve
    passphrase = passphrase_for(person, key_file)
    approvals.approve(
        edition,
        person,
        passphrase,
        reviewed=reviewed,
        now=SystemClock().now(),
        by_plan=by_plan,
        key_file=key_file,
    )
