"""The command line: one function a command, grouped by room."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module

import typer

from publisher import __version__
from publisher.cli.command_list import SAYS
from publisher.cli.console import err, fail, out
from publisher.errors import PublisherError

EXIT_CODES = """
Exit codes: 0 done · 1 other fault · 2 the command's words · 3 a query, plan, profile or setting ·
4 ingest · 5 store or key · 6 protection cannot be reached · 7 privacy budget or ledger · 8 audit failed ·
9 release, approval or verification · 130 interrupted
"""

START, DATA, RELEASES, RECORDS = "Start", "Data and queries", "Releases", "Records"


@dataclass(frozen=True)
class Command:
    """A command, or a group of them, in a module of this package. Imported when it is called: most need a fraction
    of what a build needs, and scheduled ones run every minute."""

    name: str
    module: str
    panel: str
    is_group: bool = False

    def add_to(self, app: typer.Typer) -> None:
        module = import_module(f"publisher.cli.{self.module}")
        if self.is_group:
            app.add_typer(module.app, name=self.name, rich_help_panel=self.panel)
        else:
            app.command(self.name, rich_help_panel=self.panel)(getattr(module, self.name.replace("-", "_")))

    def list_in(self, app: typer.Typer) -> None:
        """As a line of the list. Nothing is imported, and it cannot be called."""
        app.command(self.name, rich_help_panel=self.panel, help=SAYS[self.name])(_listed)


def _listed() -> None:
    raise NotImplementedError("a line of the list of commands is no command")


COMMANDS = (
    Command("demo", "demo", START),
    Command("init", "workspace", START),
    Command("synth", "workspace", DATA),
    Command("ingest", "store", DATA),
    Command("words", "words", DATA),
    Command("build", "editions", RELEASES),
    Command("audit", "editions", RELEASES),
    Command("review", "review", RELEASES),
    Command("preview", "preview", RELEASES),
    Command("approve", "approve", RELEASES),
    Command("publish", "lifecycle", RELEASES),
    Command("hold", "lifecycle", RELEASES),
    Command("revise", "lifecycle", RELEASES),
    Command("withdraw", "lifecycle", RELEASES),
    Command("status", "status", RELEASES),
    Command("due", "due", RELEASES),
    Command("run", "due", RELEASES),
    Command("install-timer", "timer", RELEASES),
    Command("data-in", "data_in", RELEASES),
    Command("pack", "access", RELEASES),
    Command("clock", "data_in", RELEASES),
    Command("verify", "verify", RELEASES),
    Command("serve", "serve", RELEASES),
    Command("store", "store", DATA, is_group=True),
    Command("query", "queries", DATA, is_group=True),
    Command("plan", "plan", RELEASES, is_group=True),
    Command("access", "access", RELEASES, is_group=True),
    Command("person", "people", RELEASES, is_group=True),
    Command("ledger", "ledger", RECORDS, is_group=True),
    Command("log", "log", RECORDS, is_group=True),
)


def app_for(words: Sequence[str]) -> typer.Typer:
    """The command that the first word names; all of them where it names none, and only their list for --help."""
    app = _empty()
    named = [command for command in COMMANDS if [command.name] == list(words[:1])]
    for command in () if list(words) == ["--version"] else named or COMMANDS:
        if list(words) == ["--help"]:
            command.list_in(app)
        else:
            command.add_to(app)
    return app


def _empty() -> typer.Typer:
    app = typer.Typer(
        name="publisher",
        help="Turns confidential customs declarations into trade statistics that are safe to publish.",
        epilog=EXIT_CODES,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback(invoke_without_command=True)(version)
    return app


def version(show: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Turns confidential customs declarations into trade statistics that are safe to publish.

    Start with:  publisher demo
    """
    if show:
        out.print(__version__)
        raise typer.Exit


def main() -> None:
    """Runs the command line and exits with the code of the error's family."""
    try:
        app_for(sys.argv[1:] or ["--help"])()
    except PublisherError as error:
        raise SystemExit(fail(error, as_json="--json" in sys.argv)) from None
    except KeyboardInterrupt:
        err.print("interrupted; nothing half-done is left behind.")
        raise SystemExit(130) from None
