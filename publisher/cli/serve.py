"""serve: the built site on this machine."""

from typing import Annotated

import typer

from publisher.cli.console import out
from publisher.cli.options import WorkspaceOption, workspace_at
from publisher.errors import ReleaseError, UsageError
from publisher.publication.serve import serve as serve_site
from publisher.settings import Workspace


def serve(
    port: Annotated[int, typer.Option("--port", help="The port on 127.0.0.1.")] = 8000,
    workspace: WorkspaceOption = None,
) -> None:
    """Serve the built site on 127.0.0.1, with the headers a real server should send.

    Example:  publisher serve --port 8000
    """
    serve_at(workspace_at(workspace), port)


def serve_at(here: Workspace, port: int) -> None:
    if not here.site.exists():
        raise ReleaseError("nothing is published yet.", place=str(here.site), remedy="Publish an edition first.")
    out.print(f"serving {here.site} on http://127.0.0.1:{port}/ (stop with Ctrl-C)")
    try:
        serve_site(here.site, port)
    except OSError as taken:
        raise UsageError(
            f"port {port} cannot be used ({taken.strerror}).", remedy="Choose another with --port."
        ) from taken
    except KeyboardInterrupt:
        out.print("stopped.")
