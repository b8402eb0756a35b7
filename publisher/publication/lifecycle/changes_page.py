""" "What changed" between two versions, as a page, one CSV a table and a JSON summary."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow.csv as pa_csv

from publisher.model.release_event import Kind
from publisher.publication.cell_names import read_names
from publisher.publication.contexts import Download, Link
from publisher.publication.edition_pages import moment
from publisher.publication.files.metadata import write_json
from publisher.publication.lifecycle.change_lines import change_kind, change_lines
from publisher.publication.lifecycle.change_pairs import Pair
from publisher.publication.lifecycle.changes import LISTED, Change, Changes, NotCompared, TableChanges
from publisher.publication.lifecycle.contexts import ChangedTable, ChangesGonePage, ChangesPage, CountLine
from publisher.publication.numbers import size_words
from publisher.publication.site.series import Site
from publisher.publication.words import Words

FORMAT = "trade-publisher/changes/1"
SUMMARY = "changes.json"
DEPTH = 5  # releases/<series>/<period>/changes/<pair>/


def write_change_files(folder: Path, changes: Changes) -> None:
    """Writes changes.json and <table>.csv of each table with changes into `folder`, made if absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for table in changes.tables:
        if table.changed:
            pa_csv.write_csv(table.rows(), folder / f"{table.table.id}.csv")
    write_json(folder / SUMMARY, changes_json(changes))


def gone_page(site: Site, pair: Pair) -> ChangesGonePage:
    """A page in place of a comparison with a withdrawn edition: no figure, and the way to what stands."""
    say, period = site.words.gettext, site.words.period(pair.new.ref.period)
    frame = site.frame(
        say("Comparison withdrawn - %(series)s, %(period)s", series=pair.series.title, period=period),
        say("One of the compared versions was withdrawn."),
        "releases",
        depth=DEPTH,
        trail=_trail(site, pair),
    )
    return ChangesGonePage(frame, period, Link(say("All versions of %(period)s", period=period), "../../index.html"))


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
    words, say = site.words, site.words.gettext
    period, issued = words.period(new.period), site.lifecycle.by_name.get(new.name)
    title = say(
        "What changed - %(series)s, %(period)s, version %(old)s to %(new)s",
        series=pair.series.title,
        period=period,
        old=old.version,
        new=new.version,
    )
    return ChangesPage(
        frame=site.frame(
            title,
            say("Which figures changed between two versions."),
            "releases",
            depth=DEPTH,
            trail=_trail(site, pair),
        ),
        series=Link(pair.series.title, "../../../index.html"),
        period=period,
        old=Link(say("Version %(number)s", number=old.version), f"../../v{old.version}/index.html"),
        new=Link(say("Version %(number)s", number=new.version), f"../../v{new.version}/index.html"),
        kind=kind_sentence(issued.fact.kind, words) if issued else "",
        published=moment(issued.at, words) if issued else None,
        reason=words.own(issued.fact.reason) if issued else "",
        summary=tuple(_summary(changes, words)),
        tables=tuple(_changed_table(folder, changes, table, words) for table in changes.tables if table.changed),
        same=tuple(
            Link(words.own(table.table.title), f"../../v{new.version}/tables/{table.table.id}.html")
            for table in changes.tables
            if not table.note and not table.changed
        ),
        others=tuple(
            (words.own(table.table.title), note_words(table.note, words)) for table in changes.tables if table.note
        ),
        file=Download("changes.json", SUMMARY, size_words((folder / SUMMARY).stat().st_size, words)),
    )


def _trail(site: Site, pair: Pair) -> tuple[Link, ...]:
    period = site.words.period(pair.new.ref.period)
    return (
        Link(site.home, "../" * DEPTH + "index.html"),
        Link(pair.series.title, "../../../index.html"),
        Link(period, "../../index.html"),
    )


def kind_sentence(kind: Kind, words: Words) -> str:
    """What the newer version is."""
    return {
        "first": words.gettext("It is a first publication"),
        "revision": words.gettext("It is a scheduled revision"),
        "correction": words.gettext("It is a correction"),
    }[kind]


def note_words(note: NotCompared, words: Words) -> str:
    """Why a table is not compared."""
    return {
        "": "",
        "not in the newer edition": words.gettext("not in the newer edition"),
        "not in the older edition": words.gettext("not in the older edition"),
        "protected in another way than before, so its figures cannot be compared": words.gettext(
            "protected in another way than before, so its figures cannot be compared"
        ),
        "made with other columns than before, so its cells cannot be compared": words.gettext(
            "made with other columns than before, so its cells cannot be compared"
        ),
    }[note]


def _summary(changes: Changes, words: Words) -> Iterator[str]:
    """One line a kind of change that happened."""
    for kind in LISTED:
        count = changes.count(kind)
        if count:
            yield _sentence(kind, count, words.ngettext)


def _sentence(kind: Change, count: int, plural: Callable[[str, str, int], str]) -> str:
    match kind:
        case Change.REVISED:
            return plural("%(count)s figure was revised", "%(count)s figures were revised", count)
        case Change.HIDDEN:
            return plural("%(count)s figure is no longer shown", "%(count)s figures are no longer shown", count)
        case Change.SHOWN:
            return plural(
                "%(count)s figure is shown for the first time",
                "%(count)s figures are shown for the first time",
                count,
            )
        case Change.ADDED:
            return plural("%(count)s figure was added", "%(count)s figures were added", count)
    return plural("%(count)s figure was removed", "%(count)s figures were removed", count)


def _changed_table(folder: Path, changes: Changes, table: TableChanges, words: Words) -> ChangedTable:
    names = read_names((changes.new.folder, changes.old.folder), table.table)
    lines = change_lines(table, names, words)
    heads = [kind for kind in (*LISTED, Change.WITHIN) if table.count(kind)]
    name = f"{table.table.id}.csv"
    left = table.changed - len(lines)
    return ChangedTable(
        id=table.table.id,
        title=words.own(table.table.title),
        page=Link(words.gettext("Open the table"), f"../../v{changes.new.version}/tables/{table.table.id}.html"),
        noisy=table.table.noisy,
        explain="too-noisy" if table.table.noisy else "not-shown",
        heads=tuple(change_kind(kind, words).capitalize() for kind in heads),
        counts=tuple(
            CountLine(words.own(measure.measure.title), tuple(words.number(measure.counts[kind]) for kind in heads))
            for measure in table.measures
        ),
        lines=lines,
        left_out=words.ngettext("%(count)s more in:", "%(count)s more in:", left) if left else "",
        file=Download(
            words.gettext("All changes of this table (CSV)"), name, size_words((folder / name).stat().st_size, words)
        ),
    )
