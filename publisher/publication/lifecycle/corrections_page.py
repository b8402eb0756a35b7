"""corrections.html: every correction, withdrawal and scheduled revision that the log tells of."""

from publisher.publication.contexts import Link
from publisher.publication.lifecycle.contexts import CorrectionsPage
from publisher.publication.lifecycle.notices import all_notices
from publisher.publication.site.series import Site


def corrections_page(site: Site) -> CorrectionsPage:
    notices = all_notices(site)
    withdrawals, corrections, revisions = (
        tuple(notice for notice in notices if notice.kind == kind)
        for kind in ("withdrawal", "correction", "revision")
    )
    frame = site.frame(
        site.words.gettext("Corrections and withdrawals"),
        site.words.gettext("What was corrected, withdrawn or revised, when and why."),
        "corrections",
        trail=[Link(site.home, "index.html")],
    )
    return CorrectionsPage(frame, withdrawals, corrections, revisions)
