"""publish_release(): the last stage of the path. Needs nothing that is confidential."""

from collections.abc import Sequence
from pathlib import Path

from publisher.catalogue.load import load_plans
from publisher.model.clock import Clock
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.publication.lifecycle.graves import write_tombstones
from publisher.publication.site.prepared_pages import prepare_pages, prepared_key
from publisher.publication.site.write import render_site
from publisher.publication.speech import languages_of
from publisher.release.edition.edition import Edition
from publisher.release.people.signing import Signer
from publisher.release.publish.index import PublishedEdition
from publisher.release.publish.prepared import InTwoSteps
from publisher.release.publish.publish import Publication, publish
from publisher.release.publish.ready import Ready
from publisher.release.publish.site import SiteContent
from publisher.settings import Workspace, load_settings


def publish_release(
    editions: Sequence[Edition],
    *,
    clock: Clock,
    by: Signer | None = None,
    ready: Ready | None = None,
    progress: Progress = NO_PROGRESS,
) -> Publication:
    """Shows approved editions to everyone, all in one step. Raises ReleaseError where something is missing."""
    workspace = editions[0].workspace
    plans, render = load_plans(workspace), site_renderer(workspace)
    return publish(workspace, plans, editions, render, by=by, clock=clock, ready=ready, progress=progress)


def site_renderer(workspace: Workspace) -> InTwoSteps:
    """Writes the pages around the editions, and the tombstones of withdrawn ones; with the plans and texts of now."""
    plans, settings = load_plans(workspace), load_settings(workspace)
    office, processes = settings.office, settings.limits.threads
    languages = languages_of(office, workspace)

    def prepare(site: Path, target: Path, editions: Sequence[PublishedEdition], progress: Progress) -> None:
        prepare_pages(site, target, editions, office, languages=languages, processes=processes, progress=progress)

    def render(folder: Path, content: SiteContent) -> None:
        write_tombstones(folder, content, office, languages)
        render_site(folder, content.editions, office, plans, content.leaves, languages=languages)

    return InTwoSteps(lambda editions: prepared_key(editions, office, languages), prepare, render)
