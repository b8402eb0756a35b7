"""What lies in private/ beside an edition, for review: reports of protection, noise and audit, read as JSON."""

import json
from collections.abc import Mapping
from pathlib import Path

from publisher.dp.noise_report import changed_since
from publisher.errors import ReleaseError
from publisher.publication.review.lines import PatternChange, PrivateNotes
from publisher.suppression.report import read_report


def private_notes(private: Path) -> PrivateNotes:
    """Confidential. A report that a build did not write is left out. Raises ReleaseError for a damaged one."""
    report = read_report(private)
    return PrivateNotes(
        before=report.before or "" if report else "",
        patterns={
            line.query: PatternChange(line.common, line.newly_hidden, line.newly_shown) for line in report.statuses
        }
        if report
        else {},
        already_public=len(report.already_public) if report else 0,
        changed_since=changed_since(private),
        attacked=_attacked(private / "audit.json"),
    )


def _attacked(path: Path) -> Mapping[str, int]:
    """What the audit counted."""
    if not path.is_file():
        return {}
    try:
        return dict(json.loads(path.read_text("utf-8")).get("measured", {}))
    except ValueError as damaged:
        raise ReleaseError("cannot be read.", place=str(path), remedy="Build the edition again.") from damaged
