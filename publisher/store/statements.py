"""The SQL statements of the store, one a file in sql/."""

from functools import cache
from importlib import resources


@cache
def statement(name: str) -> str:
    """The text of sql/<name>.sql."""
    return (resources.files("publisher.store") / "sql" / f"{name}.sql").read_text("utf-8")
