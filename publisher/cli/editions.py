"""build, audit, serve: making an edition and looking at it."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from publisher.cli.console import bars, out, show_json, show_table
from publisher.cli.edition_named import EditionArgument, check_period, edition_named
from publisher.cli.identity import PersonOption, opened_store, signer_for
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.dp.noise_report import changed_since
from publisher.errors import AuditFailedError
from publisher.model.audit_report import AuditReport
from publisher.pipeline import audit_release, build_release
from publisher.release.edition.edition import Edition
from publisher.release.people.register import SERVICE
from publisher.release.people.service import open_service
from publisher.release.publish.index import published
from publisher.suppression.report import NAME as REPORT
from publisher.suppression.report import ProtectionReport, read_report


def build(
    series: Annotated[str, typer.Argument(help="The series: a folder below releases/.")],
    period: Annotated[str, typer.Argument(help="The reference period: 2021-03, or 2021-Q1 or 2021.")],
    person: PersonOption,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build an edition: aggregate, protect, write, audit, sign. Nobody outside can see it yet.

    Example:  publisher build monthly_trade 2021-02 --as ann
    """
    here = workspace_at(workspace)
    check_period(period)
    signer = open_service(here) if person == SERVICE else signer_for(here, person, "prepare")
    with opened_store(here) as store, bars(quiet=as_json) as progress:
        edition = build_release(store, series, period, signer, now=datetime.now(UTC), progress=progress)
    report, is_out = read_report(edition.private), edition.manifest.ref in published(here)
    if as_json:
        built = {"edition": edition.name, "folder": str(edition.root), "audit": edition.manifest.audit.verdict}
        show_json(built | {"protection": report.as_json() if report else None, "nothing_to_publish": is_out})
        return
    if is_out:
        out.print(
            f"nothing to publish: figures, codes and tables are those of [bold]{edition.name}[/bold], which is out.\n"
            "A further release that was announced can be called off: publisher plan cancel"
        )
        return
    out.print(f"built [bold]{edition.name}[/bold] in {edition.root}")
    if report is not None:
        _show_protection(report)
    _show_changed(edition)
    out.print(f"the audit {edition.manifest.audit.verdict}. Next: publisher review {edition.name} --as SOMEONE_ELSE")


def _show_protection(report: ProtectionReport) -> None:
    """What readers who follow a cell will notice, and what can no longer be helped."""
    if report.before is not None:
        out.print(
            f"beside {report.before}: {report.newly_hidden} cells newly hidden, {report.newly_shown} newly shown, "
            f"of {report.common} in both"
        )
    if report.already_public:
        out.print(
            f"[bold]{len(report.already_public)}[/bold] unsafe numbers were published by an earlier edition and are "
            f"hidden from now on: already_public in private/{REPORT}"
        )


def _show_changed(edition: Edition) -> None:
    """Names the noisy tables whose data were revised since they were measured. Confidential."""
    changed = changed_since(edition.private)
    if changed:
        out.print(
            f"the declarations behind {', '.join(changed)} changed since they were measured; the tables show what "
            "was measured. Measuring again costs their rho: ask for it with \\[\\[revision]] in the plan"
        )


def audit(edition: EditionArgument, workspace: WorkspaceOption = None, as_json: JsonOption = False) -> None:
    """Attack an edition as it lies there, together with all that was published before.

    Example:  publisher audit monthly_trade/2021-02
    """
    here = workspace_at(workspace)
    found = edition_named(here, edition)
    with opened_store(here) as store, bars(quiet=as_json) as progress:
        report = audit_release(store, found, progress=progress)
    if as_json:
        show_json(report.as_json())
    else:
        _show_report(report)
    if not report.passed:
        raise AuditFailedError(
            "the audit failed.", place=found.name, remedy="Withhold it, mend the query, build again."
        )


def _show_report(report: AuditReport) -> None:
    show_table(f"audit of {report.edition}", ("measured", "count"), report.measured)
    findings = [(f.check, f.place, " ".join(f.cell), f.problem) for f in report.findings]
    if findings:
        show_table("findings", ("check", "place", "cell", "problem"), findings)
    out.print(f"{report.under_protected} under-protected cells; the audit {'passed' if report.passed else 'FAILED'}.")
