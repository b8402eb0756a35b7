"""The site's renderer, without what it renders with: that is imported when pages are made. Most calls of a command,
those of a timer above all, make none."""

from publisher.release.publish.prepared import InTwoSteps
from publisher.settings import Workspace


def renderer_now(here: Workspace) -> InTwoSteps:
    """Each step with plans and settings as they are then. Where they were edited in between, the key is another."""
    return InTwoSteps(
        lambda editions: _renderer(here).key(editions),
        lambda *given: _renderer(here).prepare(*given),
        lambda *given: _renderer(here).render(*given),
    )


def _renderer(here: Workspace) -> InTwoSteps:
    from publisher.publication.publishing import site_renderer  # noqa: PLC0415

    return site_renderer(here)
