"""Publication: a complete new site is made, checked and synced in private; a line in the log is the commit; one
rename shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release import gate
from publisher.release.approvals import approvals_in_force, preparer_of
from publisher.release.edition import Edition
from publisher.release.folders import disk_faults, forbid_writing, remove_tree, switch_link, sync_tree
from publisher.release.index import PublishedEdition, current_index, place_in_series, site_number, sites_folder
from publisher.release.lock import exclusive
from publisher.release.manifest import EditionRef, Manifest
from publisher.release.planned import next_release
from publisher.release.register import Person
from publisher.release.service import open_service
from publisher.release.signing import Signer
from publisher.release.site import RenderSite, link_edition, open_to_all, write_release_files
from publisher.release.transparency.append import append
from publisher.release.transparency.entry import Draft
from publisher.release.transparency.facts import EditionFact, PublishedFact, Release
from publisher.release.transparency.log import Log, read_log
from publisher.release.verify import verify
from publisher.settings import Workspace

STEPS = 8


@dataclass(frozen=True)
class Publication:
    """`already` is true where the edition was out before and nothing was changed."""

    edition: EditionRef
    site: Path
    already: bool


def publish(
    workspace: Workspace,
    plan: Plan,
    edition: Edition,
    now: datetime,
    render_site: RenderSite,
    *,
    by: Signer | None = None,
    progress: Progress = NO_PROGRESS,
) -> Publication:
    """Adds a sealed and approved edition to releases/site, in one step for every reader.

    Rules and their order: gate.py. `by` is who gives the command, with the role 'publish'; None is an unattended
    run with the service key, which rests on the approvals alone. An edition that is already out is left as it is,
    and what a killed run had not finished is finished. A refusal is logged and raised as ReleaseError.
    """
    with exclusive(workspace):
        with disk_faults(edition.name):
            log, ref = read_log(workspace), edition.manifest.ref
            already = ref.name in log.published
            if not already:
                _check(plan, edition, now, log, by)
                progress("Publish", 1, STEPS)
        with disk_faults(edition.name, "Run the command again."):
            out = [fact.edition for fact in log.published.values()]
            shown = already and set(out) == set(current_index(workspace))
            _sweep(workspace, keep_previous=shown)
            if not shown:
                number = _make(workspace, sorted({*out, ref}, key=lambda known: known.name), render_site, progress)
                if not already:
                    append(workspace, _published(log, edition, by), by or open_service(workspace), now=now)
                switch_link(workspace.site, f".sites/{number}", through=sites_folder(workspace) / ".switch")
                progress("Publish", 7, STEPS)
            forbid_writing(edition.root)
            progress("Publish", STEPS, STEPS)
    return Publication(ref, workspace.site, already)


def _check(plan: Plan, edition: Edition, now: datetime, log: Log, by: Signer | None) -> None:
    try:
        _ask_the_gate(plan, edition, now, log, by)
    except ReleaseError as refusal:
        detail = f"publication of {edition.name}: {refusal.message}"
        append(edition.workspace, Draft("refused", who=by.person if by else "", detail=detail), None, now=now)
        raise


def _ask_the_gate(plan: Plan, edition: Edition, now: datetime, log: Log, by: Signer | None) -> None:
    manifest, out = edition.manifest, [fact.edition for fact in log.published.values()]
    if by is not None:
        gate.check_may_publish(log.register, by)
    verify(edition, preparer_of(edition, log.register).key).raise_if_refused()
    gate.check_named_by_plan(plan, manifest)
    gate.check_newest(manifest, out)
    gate.check_planned(manifest, next_release(log, plan, manifest.period))
    gate.check_verdict(manifest)
    gate.check_combination(manifest, out)
    gate.check_approvals(plan, manifest, [person.name for person, _ in approvals_in_force(log, edition)])
    gate.check_clock(log, now)
    gate.check_due(manifest, now)


def _published(log: Log, edition: Edition, by: Signer | None) -> Draft:
    manifest = edition.manifest
    versions = [
        fact.edition.version
        for fact in log.published.values()
        if (fact.edition.series, fact.edition.period) == (manifest.series, manifest.period)
    ]
    fact = EditionFact(
        edition=manifest.ref,
        release=Release(series=manifest.series, period=manifest.period, number=manifest.release),
        kind=manifest.kind,
        due=manifest.moment.instant.isoformat(),
        zone=manifest.zone,
        reason=manifest.reason,
        supersedes=max(versions, default=None),
        prepared_by=preparer_of(edition, log.register).public_key,
        approvals=tuple(approval for _, approval in approvals_in_force(log, edition)),
    )
    who = by.person if by else "service"
    return Draft("published", who=who, edition=manifest.ref, fact=PublishedFact(editions=(fact,), access=()))


def _make(workspace: Workspace, refs: Sequence[EditionRef], render_site: RenderSite, progress: Progress) -> int:
    """Makes the site that holds exactly these editions, not shown yet. Returns its number."""
    number = (site_number(workspace) or 0) + 1
    folder = sites_folder(workspace) / str(number)
    try:
        _make_site(workspace, folder, refs, render_site, progress)
    except BaseException:
        remove_tree(folder)
        raise
    return number


def _make_site(
    workspace: Workspace, folder: Path, refs: Sequence[EditionRef], render_site: RenderSite, progress: Progress
) -> None:
    folder.parent.mkdir(exist_ok=True)
    folder.mkdir(mode=0o700)
    sources = {ref: Edition(workspace, ref.series, ref.period, ref.version) for ref in refs}
    editions = place_in_series(_manifest_of(source, ref) for ref, source in sources.items())
    for edition in editions:
        link_edition(folder, edition, sources[edition.ref].public)
    progress("Publish", 2, STEPS)
    render_site(folder, editions)
    progress("Publish", 3, STEPS)
    register = read_log(workspace).register
    preparers = {preparer_of(source, register) for source in sources.values()}
    write_release_files(folder, editions, sorted(preparers, key=lambda person: person.fingerprint))
    progress("Publish", 4, STEPS)
    _verify_what_goes_out(folder, editions, tuple(preparers))
    progress("Publish", 5, STEPS)
    open_to_all(folder)
    sync_tree(folder)
    progress("Publish", 6, STEPS)


def _manifest_of(source: Edition, ref: EditionRef) -> Manifest:
    manifest = source.manifest
    if manifest.ref != ref:
        raise ReleaseError(
            "is published with another content than lies here.", place=source.name, remedy="Restore it from a backup."
        )
    return manifest


def _verify_what_goes_out(folder: Path, editions: Sequence[PublishedEdition], preparers: Sequence[Person]) -> None:
    """Every byte of every edition, after render_site had its hands on the folder."""
    for edition in editions:
        verify(folder / edition.path, *(person.key for person in preparers)).raise_if_refused()


def _sweep(workspace: Workspace, *, keep_previous: bool) -> None:
    """Removes site folders that nobody is served from. The last one but the served is kept until the next
    publication, for readers who were in it when the link moved.
    """
    served = site_number(workspace) or 0
    kept = {str(served), *([str(served - 1)] if keep_previous else [])}
    for folder in sites_folder(workspace).glob("*"):
        if folder.name not in kept:
            remove_tree(folder)
