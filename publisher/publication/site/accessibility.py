"""accessibility.html: what these pages promise readers with disabilities, how that was checked, and whom to tell."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.publication.contexts import Frame, Link
from publisher.publication.site.series import Site


@dataclass(frozen=True)
class AccessibilityPage:
    """`contact` is the office's address for questions; `translated`: there are pages in another language than
    English."""

    template: ClassVar[str] = "accessibility.html"
    frame: Frame
    contact: str
    translated: bool


def accessibility_page(site: Site) -> AccessibilityPage:
    say, trail = site.words.gettext, [Link(site.home, "index.html")]
    frame = site.frame(say("Accessibility statement"), say("How accessible these pages are."), "none", trail=trail)
    return AccessibilityPage(frame, site.office.contact, len(site.languages) > 1)
