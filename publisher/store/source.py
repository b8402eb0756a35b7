"""Looking at a source file before anything of it is believed: kind, digest, line lengths, header, delimiter.

One pass in pieces of 1 MiB, so that memory stays bounded whatever the file says it is.
"""

import csv
import hashlib
from dataclasses import dataclass, field
from io import BufferedReader
from os import stat_result
from pathlib import Path
from typing import Literal

import pyarrow as pa
import pyarrow.parquet as pq

from publisher.errors import IngestError
from publisher.store.profile import Profile

LONGEST_LINE = 2**20
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
_FOREIGN = {b"PK\x03\x04": "a ZIP or Excel file", b"\x1f\x8b": "a gzip file", b"\x28\xb5\x2f\xfd": "a Zstandard file"}
_WIDE = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class SourceFile:
    """A file that a profile can read.

    `lines` counts the rows after the header, an estimate for a CSV. `exact` says that it is certain: no quotes
    and no empty lines, so that every line must come out as a row. `columns` is the header in file order.
    """

    path: Path
    kind: Literal["csv", "parquet"]
    sha256: str
    lines: int
    exact: bool
    columns: tuple[str, ...]
    delimiter: str
    seen: tuple[int, int, int] = field(repr=False)

    def refuse_changed(self) -> None:
        """Raises IngestError where the file is not the one that was looked at."""
        if _seen(self.path.stat()) != self.seen:
            raise IngestError(
                "the file changed while it was read; nothing of it was kept.",
                place=str(self.path),
                remedy="Wait until it is complete, then ingest it again.",
            )


@dataclass(frozen=True)
class _Scan:
    sha256: str
    newlines: int
    ends_in_newline: bool
    quotes: bool
    empty_lines: bool


def inspect(path: Path, profile: Profile) -> SourceFile:
    """What `path` is. Raises IngestError where it cannot be read, or does not have the columns of the profile."""
    try:
        with path.open("rb") as file:
            seen = _seen(path.stat())
            head = file.read(4)
            file.seek(0)
            if head == b"PAR1":
                return _parquet(path, file, profile, seen)
            _refuse_foreign(path, head)
            return _csv(path, file, profile, seen)
    except OSError as unreadable:
        raise IngestError(
            f"the file cannot be read ({unreadable.strerror}).", place=str(path), remedy="Check its name and rights."
        ) from None


def _seen(status: stat_result) -> tuple[int, int, int]:
    return status.st_ino, status.st_size, status.st_mtime_ns


def _refuse_foreign(path: Path, head: bytes) -> None:
    for magic, name in _FOREIGN.items():
        if head.startswith(magic):
            raise IngestError(f"this is {name}.", place=str(path), remedy="Unpack it, or save it as CSV or Parquet.")
    if head.startswith(_WIDE):
        raise IngestError("this is UTF-16 text.", place=str(path), remedy="Save it as UTF-8.")
    if not head:
        raise IngestError("the file is empty.", place=str(path), remedy="Ask its sender for the whole file.")


def _parquet(path: Path, file: BufferedReader, profile: Profile, seen: tuple[int, int, int]) -> SourceFile:
    try:
        parquet = pq.ParquetFile(path)
    except (pa.ArrowException, OSError):
        raise IngestError(
            "this Parquet file is damaged or cut off.", place=str(path), remedy="Ask its sender for it again."
        ) from None
    columns = tuple(parquet.schema_arrow.names)
    _refuse_missing(path, columns, profile)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    return SourceFile(path, "parquet", digest, parquet.metadata.num_rows, True, columns, "", seen)


def _csv(path: Path, file: BufferedReader, profile: Profile, seen: tuple[int, int, int]) -> SourceFile:
    scan = _scan(path, file, profile.quote.encode())
    file.seek(0)
    header = _header(path, file.readline())
    delimiter = _delimiter(path, header, profile)
    columns = _split(header, delimiter, profile.quote)
    _refuse_missing(path, columns, profile)
    lines = scan.newlines - scan.ends_in_newline
    exact = not scan.quotes and not scan.empty_lines
    return SourceFile(path, "csv", scan.sha256, lines, exact, columns, delimiter, seen)


def _scan(path: Path, file: BufferedReader, quote: bytes) -> _Scan:
    """Digest and line counts. Raises IngestError at the first line that is longer than LONGEST_LINE bytes."""
    digest = hashlib.sha256()
    newlines, run, before = 0, 0, b"\n"
    quotes = empty_lines = False
    while piece := file.read(LONGEST_LINE):
        digest.update(piece)
        first = piece.find(b"\n")
        run += len(piece) if first < 0 else first
        if run > LONGEST_LINE:
            raise _too_long(path, newlines + 1)
        if first >= 0:
            run = len(piece) - piece.rfind(b"\n") - 1
        newlines += piece.count(b"\n")
        quotes = quotes or quote in piece
        joined = before[-2:] + piece
        empty_lines = empty_lines or b"\n\n" in joined or b"\n\r" in joined
        before = piece
    return _Scan(digest.hexdigest(), newlines, before.endswith(b"\n"), quotes, empty_lines)


def _too_long(path: Path, line: int) -> IngestError:
    return IngestError(
        f"line {line} is longer than {LONGEST_LINE} bytes; nothing was read.",
        place=str(path),
        remedy="A declaration never is: the file is damaged, or it is no CSV. Ask its sender for it again.",
    )


def _header(path: Path, line: bytes) -> str:
    try:
        header = line.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise IngestError(
            "the header line is not UTF-8 text.", place=str(path), remedy="Save the file as UTF-8 CSV."
        ) from None
    if "\r" in header:
        raise IngestError(
            "the lines end in a carriage return alone.", place=str(path), remedy="Save the file with LF or CRLF."
        )
    return header


def _delimiter(path: Path, header: str, profile: Profile) -> str:
    """The delimiter under which most of the profile's columns are found in the header.

    Raises IngestError where the profile demands another one.
    """
    demanded = profile.delimiter
    candidates = dict.fromkeys([*([demanded] if demanded else []), *DELIMITERS])
    hits = {each: len({*_split(header, each, profile.quote)} & {*profile.sources}) for each in candidates}
    found = max(hits, key=lambda each: hits[each])
    if demanded and found != demanded:
        raise IngestError(
            f"the columns are separated by {_named(found)}, profile '{profile.id}' expects {_named(demanded)}.",
            place=str(path),
            remedy="Export the file again with the expected delimiter, or use a profile that names the other one.",
        )
    return found


def _named(delimiter: str) -> str:
    return f"{DELIMITERS[delimiter]} ({delimiter!r})" if delimiter in DELIMITERS else repr(delimiter)


def _split(header: str, delimiter: str, quote: str) -> tuple[str, ...]:
    row = next(csv.reader([header], delimiter=delimiter, quotechar=quote), [])
    return tuple(name.strip() for name in row)


def _refuse_missing(path: Path, columns: tuple[str, ...], profile: Profile) -> None:
    """Column names are not confidential; still only those of the profile are repeated."""
    profile = profile.found_in(columns)
    missing = [name for name in profile.sources if name not in columns]
    if missing:
        raise IngestError(
            f"the header lacks {len(missing)} of the {len(profile.sources)} columns of profile '{profile.id}': "
            f"{', '.join(missing)}.",
            place=str(path),
            remedy="Mend the file's header, or the column names in the profile.",
        )
    twice = [name for name in profile.sources if columns.count(name) > 1]
    if twice:
        raise IngestError(
            f"these columns stand twice in the header: {', '.join(twice)}.",
            place=str(path),
            remedy="Keep one of each.",
        )
