"""preview: an unpublished edition's pages on this machine, with a banner that says so."""

from typing import Annotated

import typer

from publisher.cli.console import out, show_json
from publisher.cli.edition_named import EditionArgument, edition_named
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import ReleaseError, UsageError
from publisher.publication.review.preview import preview_server
from publisher.release.edition.edition import Edition
from publisher.release.publish.index import published


def preview(
    edition: EditionArgument,
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="The port on 127.0.0.1; 0 takes a free one.")
    ] = 0,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at an unpublished edition as readers will see it, on 127.0.0.1 only, with an EMBARGOED banner.

    The address holds a secret that is new each time: other users of this machine cannot open it without.

    Example:  publisher preview monthly_trade/2021-02
    """
    here = workspace_at(workspace)
    found = edition_named(here, edition)
    if found.manifest.ref in published(here):
        raise ReleaseError("is published already.", place=found.name, remedy="Look at it with 'publisher serve'.")
    try:
        running = preview_server(found.public, found.manifest.ref.path, found.manifest.moment.local, port)
    except OSError as taken:
        raise UsageError(f"port {port} cannot be used ({taken.strerror}).", remedy="Choose another.") from taken
    with running:
        _tell(found, running.address, as_json=as_json)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            out.print("stopped.")


def _tell(edition: Edition, address: str, *, as_json: bool) -> None:
    """The address is the secret: it goes to who gave the command, and nowhere else."""
    if as_json:
        show_json({"edition": edition.name, "address": address})
        return
    out.print(f"[bold]{edition.name}[/bold] (embargoed) on {address} (stop with Ctrl-C)")
