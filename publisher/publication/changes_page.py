"""write_changes(): "what changed" between two versions, as a page, one CSV a table and a JSON summary."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.csv as pa_csv

from publisher.publication.cell_names import read_names
from publisher.publication.change_lines import change_lines
from publisher.publication.change_pairs import Pair
from publisher.publication.changes import LISTED, Change, Changes, TableChanges
from publisher.publication.contexts import Download, Link
from publisher.publication.edition_pages import moment
from publisher.publication.lifecycle import KIND_WORDS
from publisher.publication.lifecycle_contexts import ChangedTable, ChangesGonePage, ChangesPage, CountLine
from publisher.publication.metadata import write_json
from publisher.publication.numbers import grouped, size_words
from publisher.publication.pages import write_page
from publisher.publication.periods import period_words
from publisher.publication.series import Site

FORMAT = "trade-publisher/changes/1"
SUMMARY = "changes.json"
DEPTH = 5  # releases/<series>/<period>/changes/<pair>/


def write_changes(folder: Path, changes: Changes, site: Site, pair: Pair) -> None:
    """Writes index.html, changes.json and <table>.csv of each table with changes into `folder`, made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in changes.tables:
        if table.changed:
            pa_csv.write_csv(table.rows(), folder / f"{table.table.id}.csv")
    write_json(folder / SUMMARY, changes_json(changes))
    write_page(folder / "index.html", changes_page(folder, changes, site, pair))


def write_gone(folder: Path, site: Site, pair: Pair) -> None:
    """A page in place of a comparison with a withdrawn edition: no figure, and the way to what stands."""
    folder.mkdir(parents=True, exist_ok=True)
    period = period_words(pair.new.ref.period)
    frame = site.frame(
        f"Comparison withdrawn - {pair.series.title}, {period}",
        "One of the compared versions was withdrawn.",
        "releases",
        depth=DEPTH,
        trail=_trail(pair),
    )
    write_page(
        folder / "index.html", ChangesGonePage(frame, period, Link(f"All versions of {period}", "../../index.html"))
    )


def changes_json(changes: Changes) -> dict[str, Any]:
    """Counts of numbers by table, measure and kind of change. The cells are in the CSV files."""
    return {
        "format": FORMAT,
        "series": changes.new.series,
        "period": changes.new.period,
        "old": changes.old.name,
        "new": changes.new.name,
        "tables": [_table_json(table) for table in changes.tables],
    }


def _table_json(table: TableChanges) -> dict[str, Any]:
    return {
        "id": table.table.id,
        "title": table.table.title,
        "method": table.table.method,
        "not_compared": table.note or None,
        "file": f"{table.table.id}.csv" if table.changed else None,
        "measures": [
            {
                "id": measure.measure.id,
                "title": measure.measure.title,
                "unit": measure.measure.unit,
                "changes": {str(kind): count for kind, count in measure.counts.items()},
            }
            for measure in table.measures
        ],
    }


def changes_page(folder: Path, changes: Changes, site: Site, pair: Pair) -> ChangesPage:
    """`folder` holds the CSV files already: the page says how large they are."""
    old, new = pair.old.ref, pair.new.ref
    period, issued = period_words(new.period), site.lifecycle.by_name.get(new.name)
    title = f"What changed - {pair.series.title}, {period}, version {old.version} to {new.version}"
    return ChangesPage(
        frame=site.frame(
            title, "Which figures changed between two versions.", "releases", depth=DEPTH, trail=_trail(pair)
        ),
        series=Link(pair.series.title, "../../../index.html"),
        period=period,
        old=Link(f"Version {old.version}", f"../../v{old.version}/index.html"),
        new=Link(f"Version {new.version}", f"../../v{new.version}/index.html"),
        kind=KIND_WORDS[issued.fact.kind] if issued else "",
        published=moment(issued.at) if issued else None,
        reason=issued.fact.reason if issued else "",
        summary=tuple(_summary(changes)),
        tables=tuple(_changed_table(folder, changes, table) for table in changes.tables if table.changed),
        same=tuple(
            Link(table.table.title, f"../../v{new.version}/tables/{table.table.id}.html")
            for table in changes.tables
            if not table.note and not table.changed
        ),
        others=tuple((table.table.title, table.note) for table in changes.tables if table.note),
        file=Download("changes.json", SUMMARY, size_words((folder / SUMMARY).stat().st_size)),
    )


def _trail(pair: Pair) -> tuple[Link, ...]:
    period = period_words(pair.new.ref.period)
    return (
        Link("Home", "../" * DEPTH + "index.html"),
        Link(pair.series.title, "../../../index.html"),
        Link(period, "../../index.html"),
    )


_SENTENCES = {
    Change.REVISED: ("figure was revised", "figures were revised"),
    Change.HIDDEN: ("figure is no longer shown", "figures are no longer shown"),
    Change.SHOWN: ("figure is shown for the first time", "figures are shown for the first time"),
    Change.ADDED: ("figure was added", "figures were added"),
    Change.REMOVED: ("figure was removed", "figures were removed"),
}


def _summary(changes: Changes) -> Iterator[str]:
    """One line a kind of change that happened."""
    for kind in LISTED:
        count = changes.count(kind)
        if count:
            yield f"{grouped(count)} {_SENTENCES[kind][count > 1]}"


def _changed_table(folder: Path, changes: Changes, table: TableChanges) -> ChangedTable:
    names = read_names((changes.new.folder, changes.old.folder), table.table)
    lines = change_lines(table, names)
    heads = [kind for kind in (*LISTED, Change.WITHIN) if table.count(kind)]
    name = f"{table.table.id}.csv"
    left = table.changed - len(lines)
    return ChangedTable(
        id=table.table.id,
        title=table.table.title,
        page=Link("Open the table", f"../../v{changes.new.version}/tables/{table.table.id}.html"),
        noisy=table.table.noisy,
        heads=tuple(map(str, heads)),
        counts=tuple(
            CountLine(measure.measure.title, tuple(grouped(measure.counts[kind]) for kind in heads))
            for measure in table.measures
        ),
        lines=lines,
        left_out=f"{grouped(left)} more" if left else "",
        file=Download("All changes of this table (CSV)", name, size_words((folder / name).stat().st_size)),
    )
