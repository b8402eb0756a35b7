"""Publication: a complete new site is made, checked and synced in private, then one rename shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.errors import ReleaseError
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.release import gate
from publisher.release.approvals import preparer_of, read_approvals
from publisher.release.edition import Edition
from publisher.release.folders import disk_faults, forbid_writing, remove_tree, switch_link, sync_tree
from publisher.release.index import (
    PublishedEdition,
    current_index,
    place_in_series,
    published,
    site_number,
    sites_folder,
)
from publisher.release.lock import exclusive
from publisher.release.log import append, read_log
from publisher.release.manifest import EditionRef, Manifest
from publisher.release.people import Person, read_register
from publisher.release.signing import Signer
from publisher.release.site import RenderSite, link_edition, open_to_all, write_release_files
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
    run, which rests on the approvals alone. An edition that is already out is left as it is, and what a killed run
    had not finished is finished. A refusal is logged and raised as ReleaseError; the served site stays.
    """
    with exclusive(workspace):
        with disk_faults(edition.name):
            ref, out = edition.manifest.ref, published(workspace)
            already = ref in current_index(workspace)
            if not already:
                _check(plan, edition, now, out, by)
                progress("Publish", 1, STEPS)
            _sweep(workspace, keep_previous=already)
            if not already:
                _switch(workspace, sorted({*out, ref}, key=lambda known: known.name), render_site, progress)
        with disk_faults(edition.name, "It is published. Run the command again to finish the log."):
            _finish(workspace, ref, now, by)
            progress("Publish", STEPS, STEPS)
    return Publication(ref, workspace.site, already)


def _check(plan: Plan, edition: Edition, now: datetime, out: Sequence[EditionRef], by: Signer | None) -> None:
    try:
        _ask_the_gate(plan, edition, now, out, by)
    except ReleaseError as refusal:
        detail = f"publication of {edition.name}: {refusal.message}"
        append(edition.workspace, "refused", now=now, edition=None, person=by.person if by else "", detail=detail)
        raise


def _ask_the_gate(plan: Plan, edition: Edition, now: datetime, out: Sequence[EditionRef], by: Signer | None) -> None:
    register, manifest = read_register(edition.workspace), edition.manifest
    others = () if manifest.ref in out else out  # a lost site that comes back: it had its turn at the gate
    if by is not None:
        gate.check_may_publish(register, by)
    verify(edition, preparer_of(edition, register).key).raise_if_refused()
    gate.check_named_by_plan(plan, manifest)
    gate.check_newest(manifest, others)
    gate.check_verdict(manifest)
    gate.check_combination(manifest, others)
    gate.check_approvals(plan, manifest, [approval.signature.key for approval in read_approvals(edition)])
    gate.check_due(plan, manifest, now)


def _switch(workspace: Workspace, refs: Sequence[EditionRef], render_site: RenderSite, progress: Progress) -> None:
    """Makes the site that holds exactly these editions and points releases/site to it."""
    number = (site_number(workspace) or 0) + 1
    folder = sites_folder(workspace) / str(number)
    try:
        _make_site(workspace, folder, refs, render_site, progress)
    except BaseException:
        remove_tree(folder)
        raise
    switch_link(workspace.site, f".sites/{number}", through=sites_folder(workspace) / ".switch")
    progress("Publish", 7, STEPS)


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
    register = read_register(workspace)
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


def _finish(workspace: Workspace, ref: EditionRef, now: datetime, by: Signer | None) -> None:
    """Closes and logs what the site shows and the log does not yet: this edition, or one whose run was killed."""
    logged = {event.edition for event in read_log(workspace) if event.event == "published"}
    for shown in current_index(workspace):
        if shown not in logged:
            forbid_writing(Edition(workspace, shown.series, shown.period, shown.version).root)
            person = by.person if by and shown == ref else ""
            append(workspace, "published", now=now, edition=shown, person=person, detail="")


def _sweep(workspace: Workspace, *, keep_previous: bool) -> None:
    """Removes site folders that nobody is served from. The last one but the served is kept until the next
    publication, for readers who were in it when the link moved.
    """
    served = site_number(workspace) or 0
    kept = {str(served), *([str(served - 1)] if keep_previous else [])}
    for folder in sites_folder(workspace).glob("*"):
        if folder.name not in kept:
            remove_tree(folder)
