"""fitting(): a page as a file of bounded size. What a page may weigh is said here alone."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from publisher.publication.pages import Page

PAGE_BYTES = 100_000
P = TypeVar("P", bound=Page)


def fitting(pages: Iterable[P], rendered: Callable[[P], str], limit_bytes: int = PAGE_BYTES) -> bytes:
    """UTF-8 of the first page that weighs no more than the limit, else of the last. Each of `pages` says less than
    the one before it, and that it does; they are made one by one. Raises ValueError where there is none."""
    text = None
    for page in pages:
        text = rendered(page).encode("utf-8")
        if len(text) <= limit_bytes:
            break
    if text is None:
        raise ValueError("there is no page to fit")
    return text
