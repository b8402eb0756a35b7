"""The page of review(), for private/review.html. Its links and its stylesheet are those of the edition beside it."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.publication.contexts import Frame
from publisher.publication.lifecycle.lifecycle import kind_words
from publisher.publication.numbers import grouped
from publisher.publication.pages import render
from publisher.publication.review.lines import CostLine
from publisher.publication.review.review import Review
from publisher.settings import Office

PUBLIC = "../public/"


@dataclass(frozen=True)
class CostRow:
    """One CostLine as text; empty where nothing is known."""

    title: str
    href: str
    measure: str
    cells: str
    shown: str
    hidden: str
    visible: str
    pattern: str


@dataclass(frozen=True)
class ReviewPage:
    """`public` leads to the edition's public files. `attacked` are names and counts of the audit."""

    template: ClassVar[str] = "review.html"
    frame: Frame
    public: str
    review: Review
    questions: str
    kind: str
    command: str
    costs: tuple[CostRow, ...]
    revisions: tuple[tuple[str, str], ...]
    attacked: tuple[tuple[str, str], ...]


def review_html(found: Review, office: Office) -> bytes:
    """UTF-8. To be written where only the office reads."""
    return render(review_page(found, office)).encode("utf-8")


def review_page(found: Review, office: Office) -> ReviewPage:
    title = f"Review of {found.edition}"
    return ReviewPage(
        frame=Frame(title, "Confidential: for the approver.", office, PUBLIC, f"{PUBLIC}assets/", "none"),
        public=PUBLIC,
        review=found,
        kind=kind_words(found.kind),
        questions=questions(len(found.flags)),
        command=approve_command(found),
        costs=tuple(_cost(line) for line in found.costs),
        revisions=tuple((kind, grouped(count)) for kind, count in found.revision_counts.items() if count),
        attacked=tuple((name.replace("_", " "), grouped(count)) for name, count in found.notes.attacked.items()),
    )


def questions(count: int) -> str:
    """How many there are, in words."""
    if count == 0:
        return "No plausibility rule asks anything"
    return "1 question below wants an answer" if count == 1 else f"{count} questions below want an answer"


def approve_command(found: Review) -> str:
    """What the approver types to sign for what was reviewed, and for nothing else."""
    return f"publisher approve {found.edition} --digest {found.digest} --as YOU"


def _cost(line: CostLine) -> CostRow:
    known = line.newly_hidden is not None and line.newly_shown is not None
    return CostRow(
        title=line.title,
        href=f"{PUBLIC}tables/{line.table}.html",
        measure=line.measure,
        cells=grouped(line.cells),
        shown=grouped(line.shown),
        hidden=grouped(line.hidden),
        visible=line.visible,
        pattern=f"{line.newly_hidden:,} / {line.newly_shown:,}" if known else "",
    )
