"""profile_table(): what one table tells of one code, over time and along its other dimensions."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from publisher.model.codelist import Code
from publisher.publication.cells import SiteTable
from publisher.publication.contexts import Download, Link
from publisher.publication.numbers import size_words
from publisher.publication.over_time.path import over_time_path
from publisher.publication.profile.all import ROOT, Profiles, counted
from publisher.publication.profile.chart import profile_chart
from publisher.publication.profile.codes import ProfileCodes, ProfileKind
from publisher.publication.profile.contexts import FigureCell, PeriodRow, ProfileTable
from publisher.publication.profile.figures import Figure, change, number_words, previous
from publisher.publication.profile.rank_table import rank_tables
from publisher.publication.profile.room import Room
from publisher.publication.profile.words import change_sentences, headline, share_sentence, standing_sentence
from publisher.publication.tables.chart_figure import ChartFigure
from publisher.publication.words import Words


def profile_table(profiles: Profiles, codes: ProfileCodes, table: SiteTable, code: str, room: Room) -> ProfileTable:
    described, rows, words = table.described, codes.rows(table, code), profiles.words
    columns = codes.figures(table, code)
    period, first = table.newest.edition.period, columns[0]
    newest = next(figure for figure in reversed(first) if figure.period == period)
    page = f"{ROOT}releases/{table.newest.edition.name}/tables/{table.id}.html#code.{rows.column}={code}"
    return ProfileTable(
        anchor=table.id,
        title=words.own(described.title),
        noisy=described.noisy,
        headline=headline(newest, words),
        details=tuple(_details(codes, table, code, first, newest, words)),
        measures=tuple(counted(measure, words) for measure in described.measures),
        periods=tuple(_rows(columns, room.periods, words)),
        has_year=previous(first, len(first) - 1, year=True) is not None,
        has_earlier=len(first) > room.periods,
        chart=_chart(profiles, codes.kind, table, codes.codes[code], first[-room.periods :]) if room.charts else None,
        ranks=rank_tables(profiles, codes, table, code, newest, room.ranked),
        table=Link(words.gettext("The table of %(period)s, for this code", period=words.period(period)), page),
        over_time=Link(
            words.gettext("This table over all periods"), f"{ROOT}{over_time_path(table.series, table.id)}"
        ),
        downloads=tuple(_download(profiles, table)),
    )


def _details(
    codes: ProfileCodes, table: SiteTable, code: str, figures: tuple[Figure, ...], newest: Figure, words: Words
) -> Iterator[str]:
    yield from change_sentences(figures, newest, words)
    standing = codes.standing(table, code, newest.value) if newest.kind == "shown" and newest.value > 0 else None
    if standing is not None:
        yield standing_sentence(standing, codes.codes[code].level, words)
    share = share_sentence(newest, codes.total(table), words)
    yield from [share] if share else []


def _rows(columns: Sequence[tuple[Figure, ...]], most: int, words: Words) -> Iterator[PeriodRow]:
    """The newest first."""
    first = columns[0]
    for place in reversed(range(max(0, len(first) - most), len(first))):
        yield PeriodRow(
            words.period(first[place].period),
            tuple(figure_cell(column[place], words) for column in columns),
            change(previous(first, place), first[place], words),
            change(previous(first, place, year=True), first[place], words),
        )


def _chart(
    profiles: Profiles, kind: ProfileKind, table: SiteTable, code: Code, figures: Sequence[Figure]
) -> ChartFigure | None:
    """Of the periods that stand in the table beside it."""
    source = profiles.source(table.described.title, f"{kind.folder}/{code.code}.html")
    named = replace(code, name=profiles.name(kind.codelist, code))
    return profile_chart(table.id, named, figures, source, profiles.words)


def figure_cell(figure: Figure, words: Words) -> FigureCell:
    return FigureCell(figure.kind, *number_words(figure, words), explained=figure.explained)


def _download(profiles: Profiles, table: SiteTable) -> Iterator[Download]:
    file = profiles.files.get((table.series, table.id))
    if file is not None:
        path, size = file
        words = profiles.words
        yield Download(words.gettext("All periods (Parquet)"), f"{ROOT}{path}", size_words(size, words))
