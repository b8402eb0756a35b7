"""ingest, and store create, status, snapshot, review, quarantine, policy, rotate-key."""

from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.console import bars, err, out, show_json, show_table
from publisher.cli.identity import asking, opened_store
from publisher.cli.options import JsonOption, WhoOption, WorkspaceOption, login_name, workspace_at
from publisher.errors import UsageError
from publisher.settings import load_settings
from publisher.store.batches import Batch, BatchReport, list_batches
from publisher.store.connection import create_store
from publisher.store.ingest import ingest as take_in
from publisher.store.key import NEW_VARIABLE, read_passphrase
from publisher.store.policy import KINDS, PolicyKind, load_policy
from publisher.store.profile import load_profile
from publisher.store.quarantine import quarantine_counts, quarantine_list
from publisher.store.review import review_list
from publisher.store.rotate import rotate_key
from publisher.store.snapshot import take_snapshot
from publisher.store.status import store_status

app = typer.Typer(no_args_is_help=True, help="The confidential store: one encrypted file.")


def ingest(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="CSV or Parquet files of declarations.")],
    profile: Annotated[str, typer.Option("--profile", help="kcs, native, or a TOML file of your own.")],
    threshold: Annotated[
        float | None,
        typer.Option("--threshold", help="Refuse a file with more than this percentage of bad rows."),
    ] = None,
    who: WhoOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take declarations into the store. Each file is one batch: all its good rows, or nothing.

    Bad rows go to quarantine with row number, rule and remedy (publisher store quarantine).

    Example:  publisher ingest declarations_2021.csv --profile kcs
    """
    here = workspace_at(workspace)
    with opened_store(here) as store, bars(quiet=as_json) as progress:
        report = take_in(
            store,
            files,
            load_profile(profile),
            who=who or login_name(),
            threshold_percent=threshold,
            progress=progress,
        )
    if as_json:
        show_json(report.as_json())
        return
    for batch in report.batches:
        _show_batch(batch)


@app.command()
def create(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Make the encrypted store of a workspace.

    The passphrase comes from $PUBLISHER_STORE_KEY, from the file $PUBLISHER_STORE_KEY_FILE (mode 0600), or from a
    prompt; it is never given on the command line. Without it nobody can read the store: keep a copy in a safe.

    Example:  PUBLISHER_STORE_KEY_FILE=~/store.key publisher store create
    """
    here = workspace_at(workspace)
    passphrase = read_passphrase(prompt=asking("New passphrase of the store"))
    with create_store(here, passphrase, load_settings(here)) as store:
        place = store.place
    if as_json:
        show_json({"store": place})
        return
    out.print(f"made {place}. Next: publisher ingest FILE --profile native")


@app.command()
def status(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Count what the store holds, and show its chain of custody.

    Example:  publisher store status
    """
    with opened_store(workspace_at(workspace)) as store:
        counts, batches = store_status(store), list_batches(store)
    if as_json:
        show_json({**counts.as_json(), "chain_of_custody": [batch.as_json() for batch in batches]})
        return
    show_table("", ("", ""), [(name.replace("_", " "), value) for name, value in counts.as_json().items()])
    out.print()
    rows = [
        (b.id, b.file, b.rows_kept, b.rows_quarantined, b.who, f"{b.ingested_at:%Y-%m-%d %H:%M}") for b in batches
    ]
    show_table("chain of custody", ("batch", "file", "kept", "quarantined", "who", "when (UTC)"), rows)


@app.command()
def snapshot(who: WhoOption = "", workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Name the present state of the store, for good. Builds refer to it.

    Example:  publisher store snapshot
    """
    with opened_store(workspace_at(workspace)) as store:
        taken = take_snapshot(store, who=who or login_name())
    if as_json:
        show_json(taken.as_json())
        return
    out.print(f"{taken.id}: {len(taken.batches)} batches, {taken.taken_at:%Y-%m-%d %H:%M} UTC")


@app.command()
def review(
    limit: Annotated[int, typer.Option("--limit", help="How many to show.")] = 50,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """List items with an implausible value for their mass. Confidential: for your eyes only.

    Example:  publisher store review --limit 20
    """
    with opened_store(workspace_at(workspace)) as store:
        items = review_list(store, limit=limit)
    if as_json:
        show_json([item.as_json() for item in items])
        return
    rows = [(i.file, i.row_number, i.flow, i.commodity, f"{i.score:.1f}", f"{i.times_median:.3g}") for i in items]
    show_table("", ("file", "row", "flow", "commodity", "score", "times the median"), rows)
    out.print(f"{len(items)} flagged items. They count until a later version of the declaration corrects them.")


@app.command()
def quarantine(
    limit: Annotated[int, typer.Option("--limit", help="How many rows to list in JSON.")] = 1000,
    raw: Annotated[
        bool, typer.Option("--raw", help="With --json: the rows themselves, which are confidential.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count the rows that were not taken in, by rule, with the remedy.

    Example:  publisher store quarantine
    """
    with opened_store(workspace_at(workspace)) as store:
        counts, rows = quarantine_counts(store), quarantine_list(store, limit=limit)
    if as_json:
        show_json([row.as_json(raw=raw) for row in rows])
        return
    show_table("", ("column", "rule", "rows", "remedy"), [(c.column, c.rule, c.rows, c.remedy) for c in counts])
    out.print(f"{sum(count.rows for count in counts):,} broken rules in quarantine.")


@app.command()
def policy(
    kind: Annotated[str, typer.Argument(help="protection_request, waiver, controlled_good or cell_rule.")],
    file: Annotated[Path, typer.Argument(help="The CSV file that replaces the whole list.")],
    who: WhoOption = "",
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Replace one of the lists: who asked for protection, who waived it, controlled goods, rules for single cells.

    A snapshot taken afterwards has the new list. Headers of the files:

    protection_request: trader,flow,commodity,valid_from,valid_to,share,treatment (the last two are optional;
    treatment is suppress, no_partner, dump_code, value_only or no_quantity)

    waiver: trader,flow,commodity,valid_from,valid_to

    controlled_good: commodity,flow

    cell_rule: query,period,codes,rule,amount (codes such as 87/DE; rule is freeze_shown, freeze_hidden, lower,
    upper or cost)

    Example:  publisher store policy protection_request requests.csv
    """
    with opened_store(workspace_at(workspace)) as store:
        report = load_policy(store, _kind(kind), file, who=who or login_name())
    if as_json:
        show_json(report.as_json())
        return
    out.print(f"{report.kind}: {report.rows} rows in force.")
    if report.unknown_traders:
        err.print(f"warning: {report.unknown_traders} rows name a trader that no declaration names.")


@app.command("rotate-key")
def rotate(workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Encrypt the whole store anew, under a new passphrase.

    The new passphrase comes from $PUBLISHER_STORE_NEW_KEY, from the file $PUBLISHER_STORE_NEW_KEY_FILE, or from a
    prompt. Killed at any moment, the store opens with the old passphrase or the new one.

    Example:  PUBLISHER_STORE_NEW_KEY_FILE=~/new.key publisher store rotate-key
    """
    here = workspace_at(workspace)
    old = read_passphrase(prompt=asking("Passphrase of the store"))
    new = read_passphrase(prompt=asking("New passphrase"), variable=NEW_VARIABLE)
    with bars(quiet=as_json) as progress:
        report = rotate_key(here, old, new, load_settings(here), progress=progress)
    if as_json:
        show_json(report.as_json())
        return
    out.print(f"{report.rows:,} rows in {report.tables} tables now lie in {report.store_file}. Destroy old backups.")


def _kind(word: str) -> PolicyKind:
    for kind in KINDS:
        if kind == word:
            return kind
    raise UsageError(f"'{word}' is no list.", remedy=f"Choose from {', '.join(KINDS)}.")


def _show_batch(report: BatchReport) -> None:
    batch = report.batch
    if report.outcome == "already_held":
        out.print(f"{batch.file}: held already as {batch.id}; nothing was done.")
        return
    out.print(
        f"{batch.file}: batch {batch.id}, {batch.rows_kept:,} of {batch.rows_read:,} rows kept, {_period(batch)}"
    )
    out.print(f"  {batch.rows_quarantined:,} in quarantine, {batch.rows_superseded:,} replaced by a later version")
    for count in report.broken:
        out.print(f"    {count}")
    if report.flagged:
        out.print(f"  {report.flagged:,} with an implausible value for their mass: publisher store review")


def _period(batch: Batch) -> str:
    return f"{batch.first_period} to {batch.last_period}" if batch.first_period else "no period"
