"""What a page may weigh: of ever smaller pages the first that fits, and the last where none does."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pytest

from publisher.publication.contexts import Frame
from publisher.publication.fitting import PAGE_BYTES, fitting
from publisher.settings import Office


@dataclass(frozen=True)
class Said:
    template: ClassVar[str] = "said.html"
    text: str
    frame: Frame = field(default_factory=lambda: Frame("", "", Office(), "", "", "", ()))


def text_of(page: Said) -> str:
    return page.text


def shrinking(made: list[int]) -> Iterator[Said]:
    for length in (9, 6, 3):
        made.append(length)
        yield Said("x" * length)


@pytest.mark.parametrize(("limit", "length"), [(9, 9), (8, 6), (6, 6), (5, 3), (3, 3), (2, 3)])
def test_the_first_page_that_is_not_too_large_and_no_further_one_is_made(limit: int, length: int) -> None:
    made = list[int]()
    assert len(fitting(shrinking(made), text_of, limit)) == length
    assert made[-1] == length


def test_letters_are_counted_as_bytes() -> None:
    pages = (Said("é" * 5), Said("é" * 4))
    assert len(fitting(pages, text_of, 9)) == 8


def test_the_limit_is_a_hundred_thousand_bytes() -> None:
    pages = [Said("x" * length) for length in (PAGE_BYTES + 1, PAGE_BYTES, 1)]
    assert len(fitting(pages, text_of)) == PAGE_BYTES == 100_000


def test_no_page_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="no page"):
        fitting((), text_of)


def test_no_page_of_a_site_weighs_more(spoken_site: Path) -> None:
    sizes = {path: path.stat().st_size for path in spoken_site.rglob("*.html")}
    assert max(sizes.values()) <= PAGE_BYTES, max(sizes, key=sizes.__getitem__)
