"""Taking declarations in: look at the file, read it, judge every row, keep all of the batch or nothing.

Nothing before `_keep` touches the store; `_keep` is one transaction. A killed process leaves the batch in or out.
All rows go through SQL; Python sees counts.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from publisher.errors import IngestError
from publisher.model.declaration import DECLARATION
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.store.batches import BatchReport, IngestReport, RuleCount, find_batch
from publisher.store.connection import Store
from publisher.store.failure import explained
from publisher.store.files import temp_folder
from publisher.store.profile import Profile
from publisher.store.reader import Reader, reading, unparsable
from publisher.store.review import SCREEN_FLOOR, SCREEN_LIMIT, SCREEN_MINIMUM
from publisher.store.rules import REJECTED
from publisher.store.schema import COLUMNS
from publisher.store.source import SourceFile, inspect
from publisher.store.statements import statement
from publisher.store.transaction import transaction
from publisher.store.translate import code_types, incoming_sql

STAGES = ("inspect", "read", "judge", "keep", "screen", "commit", "done")
SHOWN_RULES = 12


def ingest(
    store: Store,
    files: Sequence[Path],
    profile: Profile,
    *,
    who: str,
    threshold_percent: float | None = None,
    today: date | None = None,
    progress: Progress = NO_PROGRESS,
) -> IngestReport:
    """Takes each file in as one batch, in the order given; a file that the store has already changes nothing.

    Rows that break a rule go to quarantine. Where they are more than `threshold_percent` of a file (default from
    settings.toml), that file is refused as a whole; files before it stay. All headers are looked at before anything
    is kept. Raises IngestError naming file, rows by number, rules and remedies; StoreError for disk and damage.
    """
    percent = store.settings.limits.quarantine_percent if threshold_percent is None else threshold_percent
    sources = [_inspected(path, profile, progress, at, len(files)) for at, path in enumerate(files)]
    day = today or datetime.now(UTC).date()
    return IngestReport(tuple(_take(store, source, profile, who, percent, day, progress) for source in sources))


def _inspected(path: Path, profile: Profile, progress: Progress, at: int, total: int) -> SourceFile:
    progress("inspect", at, total)
    source = inspect(path, profile)
    progress("inspect", at + 1, total)
    return source


def _take(
    store: Store, source: SourceFile, profile: Profile, who: str, percent: float, today: date, progress: Progress
) -> BatchReport:
    profile = profile.found_in(source.columns)
    held = find_batch(store, source.sha256)
    if held is not None:
        return BatchReport(held, "already_held")
    with explained(str(source.path)):
        try:
            rows_read = _read(store, source, profile, today, progress)
            progress("judge", 0, 1)
            _judge(store)
            broken = _verdict(store, source, rows_read, percent)
            progress("judge", 1, 1)
            flagged = _keep(store, source, profile, rows_read, who, progress)
        finally:
            _forget(store)
    batch = find_batch(store, source.sha256)
    if batch is None:
        raise IngestError("the batch is not in the store.", place=str(source.path), remedy="Ingest the file again.")
    progress("done", 1, 1)
    unused = tuple(name for name in source.columns if name not in profile.sources)
    return BatchReport(batch, "kept", broken, flagged, unused)


def _read(store: Store, source: SourceFile, profile: Profile, today: date, progress: Progress) -> int:
    """Fills the temporary tables `incoming` and `rejected`; returns the number of rows of the file."""
    connection = store.connection
    for code_type in code_types():
        connection.execute(code_type)
    with reading(source, profile, temp_folder(store.workspace) / "reader", store.settings.limits) as reader:
        progress("read", 0, source.lines)
        with unparsable(source.path), _registered(store, "source_rows", _stream(reader, source, progress)):
            connection.execute(incoming_sql(profile, reader.types, today))
        rejects = reader.rejects()
    with _registered(store, "reject", rejects):
        connection.execute(statement("rejected").format(rules=_reject_rules()))
    connection.execute(statement("numbered_around_rejects" if rejects.num_rows else "numbered"))
    parsed = _count(store, "SELECT count(*) FROM incoming")
    _refuse_lost(source, rejects, parsed + rejects.num_rows)
    source.refuse_changed()
    progress("read", parsed + rejects.num_rows, parsed + rejects.num_rows)
    return parsed + rejects.num_rows


def _stream(reader: Reader, source: SourceFile, progress: Progress) -> pa.RecordBatchReader:
    return reader.stream(lambda rows: progress("read", min(rows, source.lines), source.lines))


def _reject_rules() -> str:
    branches = " ".join(f"WHEN '{problem}' THEN '{rule}'" for problem, rule in REJECTED.items())
    return f"CASE problem {branches} ELSE 'unparsable' END"


def _refuse_lost(source: SourceFile, rejects: pa.Table, rows: int) -> None:
    """No line may vanish: an unclosed quote swallows lines, and an exact count must come out."""
    if rows == 0:
        raise IngestError(
            "the file has a header and no rows.", place=str(source.path), remedy="Ask for the whole file."
        )
    swallowed = rejects.filter(pc.match_substring(rejects["line"], "\n"))
    if swallowed.num_rows:
        raise IngestError(
            f"a quote opened in row {swallowed['row_number'][0].as_py()} is not closed and swallows rows.",
            place=str(source.path),
            remedy="Close or double the quote, then ingest the file again. Nothing of it was kept.",
        )
    if source.exact and rows != source.lines:
        raise IngestError(
            f"the file has {source.lines} rows but {rows} were read; nothing of it was kept.",
            place=str(source.path),
            remedy="Check that the file is complete and has one row a line.",
        )


def _judge(store: Store) -> None:
    """Fills `fault`, `repeated_key`, `meeting` and `repeated`: what the rows mean to each other and to the store."""
    identical = " AND ".join(f"i.{column.name} IS NOT DISTINCT FROM d.{column.name}" for column in DECLARATION)
    for name in ("fault", "repeated_key", "duplicate_faults", "meeting", "held_faults", "repeated"):
        store.connection.execute(statement(name).format(identical=identical))


def _verdict(store: Store, source: SourceFile, rows_read: int, percent: float) -> tuple[RuleCount, ...]:
    """The broken rules. Raises IngestError where more than `percent` of the rows break one."""
    bad = _count(store, "SELECT count(DISTINCT row_id) + (SELECT count(*) FROM rejected) FROM fault")
    broken = tuple(RuleCount(*row) for row in store.connection.execute(statement("verdict")).fetchall())
    if Fraction(bad * 100) > Fraction(percent) * rows_read:
        lines = "\n".join(f"  {count}" for count in broken[:SHOWN_RULES])
        raise IngestError(
            f"{bad} of {rows_read} rows break a rule, more than {percent:g} %; nothing was kept.\n{lines}\n",
            place=str(source.path),
            remedy="Mend the file or the profile and ingest it again; --threshold allows more.",
        )
    return broken


def _keep(store: Store, source: SourceFile, profile: Profile, rows_read: int, who: str, progress: Progress) -> int:
    """The one transaction. Returns the number of items flagged for review."""
    batch = _count(store, "SELECT coalesce(max(batch_id), 0) + 1 FROM batch")
    custody = {
        "batch": batch,
        "file_name": source.path.name,
        "file_sha256": source.sha256,
        "profile": profile.id,
        "profile_sha256": profile.digest,
        "rows_read": rows_read,
        "who": who,
        "now": datetime.now(UTC).replace(tzinfo=None),
    }
    values = ", ".join(f"'{column.name}': {column.name}" for column in DECLARATION)
    with transaction(store):
        progress("keep", 0, 3)
        for at, name in enumerate(("keep_items", "keep_quarantine", "keep_superseded"), start=1):
            text = statement(name).format(columns=COLUMNS, values=values)
            store.connection.execute(text, {"batch": batch})
            progress("keep", at, 3)
        progress("screen", 0, 1)
        screen = {"batch": batch, "minimum": SCREEN_MINIMUM, "limit": SCREEN_LIMIT, "floor": SCREEN_FLOOR}
        store.connection.execute(statement("screen"), screen)
        store.connection.execute(statement("keep_batch"), custody)
        progress("commit", 0, 1)
    progress("commit", 1, 1)
    return _count(store, "SELECT count(*) FROM review WHERE batch_id = ?", batch)


@contextmanager
def _registered(store: Store, name: str, rows: pa.Table | pa.RecordBatchReader) -> Iterator[None]:
    store.connection.register(name, rows)
    try:
        yield
    finally:
        store.connection.unregister(name)


def _forget(store: Store) -> None:
    """Drops the temporary tables: they hold rows."""
    with suppress(duckdb.Error):
        store.connection.execute("DROP VIEW IF EXISTS temp.numbered")
        for table in ("incoming", "rejected", "fault", "repeated_key", "meeting", "repeated"):
            store.connection.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _count(store: Store, query: str, *values: int) -> int:
    row = store.connection.execute(query, list(values)).fetchone()
    return 0 if row is None else int(row[0])
