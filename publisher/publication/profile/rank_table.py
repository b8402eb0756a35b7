"""rank_tables(): the largest partners of a commodity, or commodities of a partner, as a profile has them."""

from collections.abc import Iterator, Mapping

from publisher.model.codelist import Code
from publisher.publication.cells import SiteTable
from publisher.publication.contexts import Link
from publisher.publication.level_names import level_name
from publisher.publication.profile.all import ROOT, Profiles, counted
from publisher.publication.profile.codes import ProfileCodes
from publisher.publication.profile.contexts import FigureCell, RankLine, RankTable
from publisher.publication.profile.figures import Figure, change, number_words
from publisher.publication.profile.ranks import Ranks, ranks
from publisher.publication.profile.words import part_of
from publisher.publication.tables.display import short_name
from publisher.publication.words import Words


def rank_tables(
    profiles: Profiles, codes: ProfileCodes, table: SiteTable, code: str, total: Figure, most: int
) -> tuple[RankTable, ...]:
    """One of `most` lines for each other dimension along which something is shown; `total`: the code's own newest
    figure."""
    rows = codes.rows(table, code)
    levels = {each: codes.readable_level(each) for each in codes.others(table)}
    found = (ranks(rows, each, level, most) for each, level in levels.items() if level is not None)
    return tuple(_rank_table(profiles, table, f"code.{rows.column}={code}", each, total) for each in found if each)


def _rank_table(profiles: Profiles, table: SiteTable, code: str, found: Ranks, total: Figure) -> RankTable:
    words, measure, column = profiles.words, table.described.measures[0], found.dimension.column
    lines = tuple(_lines(profiles, found, total))
    whole = f"{ROOT}releases/{table.newest.edition.name}/tables/{table.id}.html"
    return RankTable(
        heading=_heading(found, words, noisy=table.described.noisy),
        anchor=f"{table.id}-{column}",
        measure=counted(measure, words),
        since=words.period(found.since) if any(line.change for line in lines) else "",
        has_parts=any(line.part for line in lines),
        lines=lines,
        note=_note(found.hidden, words, noisy=table.described.noisy),
        whole=Link(
            words.gettext("All %(count)s rows in the table", count=words.number(found.rows)),
            f"{whole}#sort=-{measure.id}&level.{column}={found.level}&{code}",
        ),
    )


def _lines(profiles: Profiles, found: Ranks, total: Figure) -> Iterator[RankLine]:
    words, codelist = profiles.words, found.dimension.codelist
    names: Mapping[str, Code] = profiles.codelists[codelist]
    for code, figure in found.largest:
        yield RankLine(
            short_name(profiles.name(codelist, names[code]) if code in names else code),
            code,
            profiles.href(codelist, code),
            FigureCell(figure.kind, *number_words(figure, words), explained=figure.explained),
            change(found.before.get(code), figure, words),
            part_of(figure, total, words),
        )


def _heading(found: Ranks, words: Words, *, noisy: bool) -> str:
    say, level = words.gettext, level_name(found.level, words)
    title, period = words.own(found.dimension.title), words.period(found.period)
    if level.lower() not in title.lower():
        title = say("%(dimension)s (%(level)s)", dimension=title, level=level)
    if noisy:
        return say("%(dimension)s: highest noisy figures, %(period)s", dimension=title, period=period)
    if found.hidden:
        return say("%(dimension)s: largest of the figures shown, %(period)s", dimension=title, period=period)
    return say("%(dimension)s: largest figures, %(period)s", dimension=title, period=period)


def _note(hidden: int, words: Words, *, noisy: bool) -> str:
    if not hidden:
        return ""
    if noisy:
        return words.ngettext(
            "1 more figure is too noisy to show. It may be larger than some of these.",
            "%(count)s more figures are too noisy to show. They may be larger than some of these.",
            hidden,
        )
    return words.ngettext(
        "1 more figure is not shown, to protect companies. It may be larger than some of these.",
        "%(count)s more figures are not shown, to protect companies. They may be larger than some of these.",
        hidden,
    )
