"""What the pages of the search are told."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.publication.contexts import Frame, Link


@dataclass(frozen=True)
class IndexLine:
    """One code in the printed index. `depth` 0 is the coarsest level of its list; `below` leads to what it holds."""

    code: str
    name: str
    href: str
    depth: int
    below: Link | None = None


@dataclass(frozen=True)
class IndexGroup:
    """All codes of one codelist that fit on a page; what they stand for in the tables."""

    anchor: str
    headings: tuple[str, ...]
    lines: tuple[IndexLine, ...]


@dataclass(frozen=True)
class SearchPage:
    template: ClassVar[str] = "search.html"
    frame: Frame
    tables: tuple[Link, ...]
    releases: tuple[Link, ...]
    groups: tuple[IndexGroup, ...]


@dataclass(frozen=True)
class SearchPartPage:
    """The codes below one code, of a list that is too long for the page of the search."""

    template: ClassVar[str] = "search_part.html"
    frame: Frame
    heading: str
    lines: tuple[IndexLine, ...]
