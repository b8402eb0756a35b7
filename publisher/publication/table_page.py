"""A table's page as a file of bounded size."""

from dataclasses import replace
from pathlib import Path

from publisher.publication.contexts import TablePage
from publisher.publication.pages import render

PAGE_BYTES = 100_000


def write_table_page(path: Path, page: TablePage) -> None:
    """With as many of its first rows as fit PAGE_BYTES; the script shows as many at a time, and has them all."""
    path.write_bytes(fitting(page))


def fitting(page: TablePage, limit_bytes: int = PAGE_BYTES) -> bytes:
    """UTF-8. At least one row stays where there is one, however long."""
    while len(text := render(page).encode("utf-8")) > limit_bytes and len(page.rows) > 1:
        page = replace(page, rows=page.rows[: len(page.rows) * 9 // 10])
    return text
