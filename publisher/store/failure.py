"""DuckDB's failures, told without its words: they can quote a row or a key."""

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from publisher.errors import StoreError

_FULL = ("no space left", "disk full", "could not write", "file too large", "not enough space", "failed to write")
_DAMAGED = (
    "aes tag",
    "could not read",
    "not a valid duckdb",
    "checksum",
    "corrupt",
    "wrong encryption key",
    "cannot open encrypted",
)
_OURS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException, duckdb.SyntaxException)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turns a DuckDB error within the block into a StoreError without the original text."""
    try:
        yield
    except duckdb.Error as error:
        told = explain(error, place)
        if told is None:
            raise
        raise told from None


def explain(error: duckdb.Error, place: str) -> StoreError | None:
    """What to tell the user; None for a mistake in our own SQL, which holds no data and needs its traceback."""
    if isinstance(error, _OURS):
        return None
    text = str(error).lower()
    if any(sign in text for sign in _FULL):
        return StoreError(
            "the disk is full; the store is as it was before.",
            place=place,
            remedy="Free some space and run it again.",
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return StoreError(
            "there is not enough memory, or not enough room for encrypted temporary files.",
            place=place,
            remedy="Raise memory_limit under [limits] in .publisher/settings.toml, or free disk space.",
        )
    if any(sign in text for sign in _DAMAGED) or isinstance(error, duckdb.InternalException | duckdb.FatalException):
        return damaged(place)
    return StoreError(
        f"the database refused ({type(error).__name__}).",
        place=place,
        remedy="Run the command again; if it persists, report it. This message holds no data.",
    )


def damaged(place: str) -> StoreError:
    return StoreError(
        "the store file is damaged.",
        place=place,
        remedy="Put back store file and keyring.json together from one backup, then ingest what came later.",
    )
