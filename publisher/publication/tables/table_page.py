"""A table's page as a file of bounded size."""

from collections.abc import Callable
from dataclasses import replace

from publisher.publication.contexts import TablePage
from publisher.publication.pages import render

PAGE_BYTES = 100_000


def fitting(page: TablePage, rendered: Callable[[TablePage], str] = render, limit_bytes: int = PAGE_BYTES) -> bytes:
    """UTF-8, with as many of the first rows as fit; the script shows as many at a time, and has them all.

    At least one row stays where there is one, however long.
    """
    while len(text := rendered(page).encode("utf-8")) > limit_bytes and len(page.rows) > 1:
        page = replace(page, rows=page.rows[: len(page.rows) * 9 // 10])
    return text
