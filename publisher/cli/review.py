"""review: everything that an approver should see of an edition, on one page and in the terminal."""

from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.console import out, show_json
from publisher.cli.edition_named import EditionArgument, edition_named
from publisher.cli.identity import signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.cli.private_file import write_private
from publisher.cli.review_private import private_notes
from publisher.cli.review_tables import show_review
from publisher.model.clock import SystemClock
from publisher.publication.review.page import review_html
from publisher.publication.review.review import Review
from publisher.publication.review.review import review as review_of
from publisher.release.approval.gate import check_unpublished
from publisher.release.approval.reviewed import note_review
from publisher.release.edition.edition import Edition
from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.records import sha256
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace, load_settings

PAGE = "review.html"


def review(
    edition: EditionArgument,
    person: Annotated[
        str | None,
        typer.Option(
            "--as", help="Who reviews it; signed and logged, and what 'approve --as' the same then signs for."
        ),
    ] = None,
    brief: Annotated[bool, typer.Option("--brief", help="Only the digest, the questions and the headlines.")] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what an approver should know: headlines, movements, revisions, costs, questions, and the digest to sign.

    Confidential. The page is private/review.html beside the edition, readable by you alone. Needs no key unless
    --as says who reviews it.

    Example:  publisher review monthly_trade/2021-02 --as bob
    """
    here = workspace_at(workspace)
    found = edition_named(here, edition)
    last, replaces = editions_before(found)
    reviewed = review_of(found, last=last, replaces=replaces, notes=private_notes(found.private))
    page = write_review(found, reviewed)
    if person is not None:
        _sign(found, page, person)
    if as_json:
        show_json({"confidential": True, **asdict(reviewed), "page": str(page) if page.exists() else None})
        return
    show_review(reviewed, brief=brief)
    if page.exists():
        out.print(f"page: {page} (confidential, readable by you alone)")


def _sign(edition: Edition, page: Path, person: str) -> None:
    """Logs that the person was shown this page. Raises ReleaseError for an edition that is out."""
    check_unpublished(edition.manifest.ref, read_log(edition.workspace))
    signer = signer_for(edition.workspace, person, "approve")
    note_review(edition, sha256(page.read_bytes()), by=signer, now=SystemClock().now())


def editions_before(edition: Edition) -> tuple[Edition | None, Edition | None]:
    """The last published edition of an earlier period, and of an earlier version of its own. Withdrawn ones aside."""
    standing = list(_standing(edition.workspace, edition.series))
    earlier = [ref for ref in standing if ref.period < edition.period]
    same = [ref for ref in standing if ref.period == edition.period and ref.version < edition.version]
    last, replaces = (max(refs, key=lambda ref: (ref.period, ref.version), default=None) for refs in (earlier, same))
    return _edition(edition.workspace, last), _edition(edition.workspace, replaces)


def write_review(edition: Edition, reviewed: Review) -> Path:
    """Writes private/review.html, mode 0600. A published edition is closed: the page of before stays as it is."""
    path = edition.private / PAGE
    if edition.name not in read_log(edition.workspace).published:
        write_private(path, review_html(reviewed, load_settings(edition.workspace).office))
    return path


def _standing(workspace: Workspace, series: str) -> Iterator[EditionRef]:
    log = read_log(workspace)
    for name, fact in log.published.items():
        if fact.edition.series == series and name not in log.withdrawn:
            yield fact.edition


def _edition(workspace: Workspace, ref: EditionRef | None) -> Edition | None:
    return Edition(workspace, ref.series, ref.period, ref.version) if ref else None
