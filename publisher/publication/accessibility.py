"""accessibility.html: what these pages promise readers with disabilities, how that was checked, and whom to tell."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.publication.contexts import Frame, Link
from publisher.publication.pages import write_page
from publisher.publication.series import Site


@dataclass(frozen=True)
class AccessibilityPage:
    """`contact` is the office's address for questions."""

    template: ClassVar[str] = "accessibility.html"
    frame: Frame
    contact: str


def write_accessibility(site: Site) -> None:
    write_page(site.folder / "accessibility.html", accessibility_page(site))


def accessibility_page(site: Site) -> AccessibilityPage:
    frame = site.frame(
        "Accessibility statement", "How accessible these pages are.", "none", trail=[Link("Home", "index.html")]
    )
    return AccessibilityPage(frame, site.office.contact)
