"""The command line: one function a command, grouped by room."""

import sys

import typer

from publisher import __version__
from publisher.cli import (
    access,
    approve,
    caps,
    data_in,
    demo,
    due,
    editions,
    forecast,
    ledger,
    lifecycle,
    log,
    people,
    plan,
    preview,
    queries,
    review,
    status,
    store,
    timer,
    verify,
    workspace,
)
from publisher.cli.console import err, fail, out
from publisher.errors import PublisherError

EXIT_CODES = """
Exit codes: 0 done · 1 other fault · 2 the command's words · 3 a query, plan, profile or setting ·
4 ingest · 5 store or key · 6 protection cannot be reached · 7 privacy budget or ledger · 8 audit failed ·
9 release, approval or verification · 130 interrupted
"""

app = typer.Typer(
    name="publisher",
    help="Turns confidential customs declarations into trade statistics that are safe to publish.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    add_completion=False,
)


@app.callback(invoke_without_command=True)
def version(show: bool = typer.Option(False, "--version", help="Print the version and stop.")) -> None:
    """Turns confidential customs declarations into trade statistics that are safe to publish.

    Start with:  publisher demo
    """
    if show:
        out.print(__version__)
        raise typer.Exit


START, DATA, RELEASES, RECORDS = "Start", "Data and queries", "Releases", "Records"
for command, panel in (
    (demo.demo, START),
    (workspace.init, START),
    (workspace.synth, DATA),
    (store.ingest, DATA),
    (editions.build, RELEASES),
    (editions.audit, RELEASES),
    (review.review, RELEASES),
    (preview.preview, RELEASES),
    (approve.approve, RELEASES),
    (lifecycle.publish, RELEASES),
    (lifecycle.hold, RELEASES),
    (lifecycle.revise, RELEASES),
    (lifecycle.withdraw, RELEASES),
    (status.status, RELEASES),
    (due.due, RELEASES),
    (due.run, RELEASES),
    (timer.install_timer, RELEASES),
    (data_in.data_in, RELEASES),
    (access.pack, RELEASES),
    (data_in.clock, RELEASES),
    (verify.verify, RELEASES),
    (editions.serve, RELEASES),
):
    app.command(rich_help_panel=panel)(command)
app.add_typer(store.app, name="store", rich_help_panel=DATA)
app.add_typer(queries.app, name="query", rich_help_panel=DATA)
app.add_typer(plan.app, name="plan", rich_help_panel=RELEASES)
app.add_typer(access.app, name="access", rich_help_panel=RELEASES)
app.add_typer(people.app, name="person", rich_help_panel=RELEASES)
ledger.app.command("forecast")(forecast.forecast)
ledger.app.command("cap")(caps.cap)
app.add_typer(ledger.app, name="ledger", rich_help_panel=RECORDS)
app.add_typer(log.app, name="log", rich_help_panel=RECORDS)


def main() -> None:
    """Runs the command line and exits with the code of the error's family."""
    try:
        app()
    except PublisherError as error:
        raise SystemExit(fail(error, as_json="--json" in sys.argv)) from None
    except KeyboardInterrupt:
        err.print("interrupted; nothing half-done is left behind.")
        raise SystemExit(130) from None
