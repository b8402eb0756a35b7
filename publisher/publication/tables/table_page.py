"""A table's page, whole and with ever fewer of its first rows."""

from collections.abc import Iterator
from dataclasses import replace

from publisher.publication.contexts import TablePage


def shorter(page: TablePage) -> Iterator[TablePage]:
    """The page itself, then with a tenth fewer rows each; the script shows as many at a time, and has them all.

    At least one row stays where there is one, however long.
    """
    yield page
    while len(page.rows) > 1:
        page = replace(page, rows=page.rows[: len(page.rows) * 9 // 10])
        yield page
