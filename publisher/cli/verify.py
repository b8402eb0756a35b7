"""verify: is a site, or an edition, what people signed for and the log tells of?"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console

from publisher.cli.console import err, out, show_json
from publisher.cli.options import AgainstOption, JsonOption, WorkspaceOption, kept_checkpoint
from publisher.errors import ReleaseError, UsageError
from publisher.publication.cells.check import cumulative_problems
from publisher.release.edition.verify import Problem, VerifyReport
from publisher.release.edition.verify import verify as verify_alone
from publisher.release.people.register import SERVICE
from publisher.release.people.signing import load_public_key
from publisher.release.transparency.log import read_log
from publisher.release.transparency.places import Folder, Place
from publisher.release.transparency.verify_site import SiteReport
from publisher.release.transparency.verify_target import Target, key_on, log_key, target_of
from publisher.settings import find_workspace

_REMEDY = "Do not use it. Fetch it again; if it stays so, ask the office, by another way than this site."


def verify(
    target: Annotated[str, typer.Argument(help="A site or an edition of it: a folder, or an https address.")],
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            help="The log's public key, or its fingerprint; for an edition without a log, the preparer's.",
        ),
    ] = None,
    log: Annotated[
        str | None, typer.Option("--log", help="The site whose log tells of a copy of an edition.")
    ] = None,
    against: AgainstOption = None,
    trust_on_first_use: Annotated[
        bool, typer.Option("--trust-on-first-use", help="Take the key that the site itself shows. Note it for later.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what is published: log, signatures, approvals, every byte. Needs nothing but the log key.

    Example:  publisher verify https://statistics.example.org --key log-key.pub --against checkpoint-of-may
    """
    wanted = target_of(target, log)
    if wanted.site is None:
        if against or trust_on_first_use:
            raise UsageError(
                "there is no log here to compare with.", place=target, remedy="Name the site with --log."
            )
        _show_alone(wanted, key or [], workspace, as_json=as_json)
        return
    trusted = _trusted(wanted.site, key or [], workspace, trust_site=trust_on_first_use)
    report = wanted.verify(trusted, kept_checkpoint(against))
    if wanted.edition is None and isinstance(wanted.site, Folder) and report.ok:
        report = replace(report, problems=_of_all_periods(wanted.site.root, report))
    if as_json:
        show_json(report.as_json())
    else:
        _show(report, trust_site=trust_on_first_use and not key)
    _end(report.ok, report.editions if wanted.edition else (), target, as_json=as_json)


def _trusted(site: Place, keys: list[str], workspace: Path | None, *, trust_site: bool) -> Ed25519PublicKey:
    """The log key that the user trusts, and by what way."""
    if len(keys) > 1:
        raise UsageError("a log has one key.", place="--key", remedy="Name the log's key alone.")
    if keys:
        return log_key(site, keys[0])
    if trust_site:
        return key_on(site)
    service = read_log(find_workspace(workspace)).register.named(SERVICE)
    if service is None:
        raise UsageError("there is no log key to trust.", remedy="Name it with --key FILE or --key FINGERPRINT.")
    return service.key


def _of_all_periods(site: Path, report: SiteReport) -> tuple[Problem, ...]:
    """What is wrong with the files that join periods, held against the editions that verified."""
    newest: dict[str, tuple[int, VerifyReport]] = {}
    for edition in report.editions:
        period, _, version = edition.edition.rpartition("/v")
        newest[period] = max(newest.get(period, (0, edition)), (int(version), edition), key=lambda each: each[0])
    standing = [edition.edition for _, edition in newest.values() if edition.verdict == "verified"]
    return cumulative_problems(site, standing)


def _show(report: SiteReport, *, trust_site: bool) -> None:
    for problem in report.problems:
        _say(err, f"{problem.place}: {problem.problem}")
    for edition in report.editions:
        _show_edition(edition)
    since = f", goes on from the {report.since} entries of the old checkpoint" if report.since else ""
    if report.entries:
        _say(out, f"log: {report.entries} entries signed with the key {report.key}{since}")
    if trust_site:
        _say(out, "This key came from the site itself. Note it, and compare it with what the office prints.")


def _show_edition(edition: VerifyReport) -> None:
    for problem in edition.problems:
        _say(err, f"{edition.edition}/{problem.place}: {problem.problem}")
    words = {"verified": "verified", "refused": "REFUSED", "withdrawn": "authentic, but WITHDRAWN"}[edition.verdict]
    _say(out, f"{edition.edition or edition.folder}: {words}, {edition.files} files")
    for remark in edition.remarks:
        _say(out, f"  {remark}")


def _say(console: Console, text: str) -> None:
    """Names and reasons come from whoever made the site: no markup, nothing that moves the cursor."""
    console.print("".join(letter if letter.isprintable() else "?" for letter in text), markup=False)


def _show_alone(wanted: Target, keys: list[str], workspace: Path | None, *, as_json: bool) -> None:
    """An edition by itself: that it is whole and signed, not that it was published or is still current."""
    files = [Path(key) for key in keys] or sorted(find_workspace(workspace).keys.glob("*.pub"))
    if not files or wanted.copy is None:
        raise UsageError("no public key to verify with.", remedy="Name one with --key FILE.pub.")
    report = verify_alone(wanted.copy, *(load_public_key(path) for path in files))
    if as_json:
        show_json(report.as_json())
    else:
        _show_edition(report)
        out.print("No log was asked: whether it was published, replaced or withdrawn is not known (see --log).")
    _end(report.ok, (), wanted.copy.name, as_json=as_json)


def _end(ok: bool, asked: tuple[VerifyReport, ...], target: str, *, as_json: bool) -> None:
    """Fails where something is wrong, and where the one edition that was asked for must not be used any more."""
    gone = next((edition for edition in asked if edition.verdict == "withdrawn"), None)
    if ok and gone is None:
        return
    if as_json:
        raise typer.Exit(ReleaseError.exit_code)
    if not ok:
        raise ReleaseError("does not verify.", place=target, remedy=_REMEDY)
    raise ReleaseError("is authentic, and was withdrawn.", place=target, remedy="Do not use it any more.")
