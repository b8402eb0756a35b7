"""profile_page(): one commodity or partner over all periods, from the cells of the editions that stand."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from publisher.model.codelist import Code
from publisher.publication.cells import SiteTable
from publisher.publication.contexts import Download, Frame, Link
from publisher.publication.display import HEADLINE_LENGTH, level_words, short_name
from publisher.publication.numbers import grouped, in_words, share, size_words
from publisher.publication.periods import period_words
from publisher.publication.profile_codes import COMMODITIES, KINDS, ProfileCodes
from publisher.publication.profile_contexts import (
    FigureCell,
    PeriodRow,
    ProfileGroup,
    ProfilePage,
    ProfilesPage,
    ProfileTable,
    RankLine,
    RankTable,
)
from publisher.publication.profile_figures import Figure, change, figures_over_time, number_words, previous
from publisher.publication.profile_ranks import Ranks, ranks
from publisher.publication.public_cells import PublicDimension, PublicMeasure
from publisher.settings import Office

MOST_PERIODS = 25  # on a page: two years and the month before; the file has all
ROOT = "../"


@dataclass(frozen=True)
class Profiles:
    """What profile pages are made from. `files`: (series, table) -> (path, size) of the newest cumulative file."""

    kinds: Mapping[str, ProfileCodes]
    office: Office
    files: Mapping[tuple[str, str], tuple[str, int]] = field(default_factory=dict)

    def pages(self) -> tuple[tuple[str, str], ...]:
        """(folder, code) of every page."""
        return tuple((folder, code) for folder, codes in self.kinds.items() for code in codes.codes)

    def href(self, codelist: str, code: str) -> str:
        """From one profile page to another; "" where that code has none."""
        folder = next((kind.folder for kind in KINDS if kind.codelist == codelist), "")
        return f"{ROOT}{folder}/{code}.html" if folder and code in self.kinds[folder].codes else ""

    def frame(self, title: str, description: str, section: str, trail: Sequence[Link]) -> Frame:
        home = Link("Home", f"{ROOT}index.html")
        return Frame(title, description, self.office, ROOT, f"{ROOT}assets/", section, (home, *trail))


def profile_page(profiles: Profiles, folder: str, code: str) -> ProfilePage:
    """The page of a code that has one."""
    codes = profiles.kinds[folder]
    kind, found = codes.kind, codes.codes[code]
    above = (Link(short_name(each.name, HEADLINE_LENGTH), f"{each.code}.html") for each in codes.above(code))
    tables = tuple(_table(profiles, codes, table, code) for table in codes.tables if code in codes.of_table[table.id])
    return ProfilePage(
        frame=profiles.frame(
            short_name(found.name),
            f"Published figures on {short_name(found.name)} ({code}) over all periods.",
            folder,
            (Link(kind.title, "index.html"), *above),
        ),
        name=found.name,
        tag=f"{code} · {found.level.replace('_', ' ')}",
        tables=tables,
        finer_title=kind.finer,
        finer=tuple(_link(each) for each in codes.below(code)),
        explain=f"{ROOT}methodology.html",
    )


def profiles_page(profiles: Profiles, folder: str) -> ProfilesPage:
    """The list of all pages of a kind: the coarsest level, and what lies right below each code of it."""
    codes = profiles.kinds[folder]
    kind = codes.kind
    coarse = [code for code in codes.codes.values() if not codes.above(code.code)]
    if kind is COMMODITIES:  # sections have Roman numbers: in the order of their chapters
        coarse.sort(key=lambda code: [each.code for each in codes.below(code.code)])
    return ProfilesPage(
        frame=profiles.frame(kind.title, kind.lead, folder, ()),
        title=kind.title,
        lead=kind.lead,
        groups=tuple(
            ProfileGroup(_link(code), tuple(_link(each) for each in codes.below(code.code))) for code in coarse
        ),
    )


def _link(code: Code) -> Link:
    return Link(f"{code.code} {short_name(code.name)}", f"{code.code}.html")


def _table(profiles: Profiles, codes: ProfileCodes, table: SiteTable, code: str) -> ProfileTable:
    described, rows = table.described, codes.rows(table, code)
    columns = [figures_over_time(codes.cells, rows, measure) for measure in described.measures]
    newest = table.newest.edition
    page = f"{ROOT}releases/{newest.name}/tables/{table.id}.html#q={code}"
    found = (ranks(codes.cells, rows, dimension) for dimension in codes.others(table))
    first = columns[0]
    return ProfileTable(
        anchor=table.id,
        title=described.title,
        noisy=described.noisy,
        headline=_headline(first, newest.period),
        details=tuple(_details(first, newest.period)),
        measures=tuple(_counted(measure) for measure in described.measures),
        periods=tuple(_rows(columns)),
        has_year=any(previous(first, figure, year=True) for figure in first),
        earlier="" if len(first) <= MOST_PERIODS else "Earlier periods are in the file of all periods.",
        chart="",
        ranks=tuple(_rank_table(profiles, table, each, _of(first, newest.period)) for each in found if each),
        table=Link(f"This table for {period_words(newest.period)}", page),
        downloads=tuple(_download(profiles, table)),
    )


def _counted(measure: PublicMeasure) -> str:
    """ "Net mass (kg)"; the unit only where the title does not say it."""
    said = measure.unit == "1" or measure.unit.lower() in measure.title.lower()
    return measure.title if said else f"{measure.title} ({measure.unit})"


def _of(figures: Sequence[Figure], period: str) -> Figure:
    return next(figure for figure in figures if figure.period == period)


def _headline(figures: Sequence[Figure], period: str) -> str:
    """The newest figure in words, as a whole sentence."""
    figure = _of(figures, period)
    title, when = figure.measure.title, period_words(period)
    if not figure.has_number:
        return f"{title} in {when}: {number_words(figure)[0]}."
    amount = in_words(figure.value, figure.unit)
    if figure.kind == "shown":
        return f"{title} in {when}: {amount}."
    _, margin, ends = number_words(figure)
    return (
        f"{title} in {when}: about {amount} (95 %: {ends})."
        if not margin
        else (f"{title} in {when}: about {amount} ± {margin}.")
    )


def _details(figures: tuple[Figure, ...], period: str) -> Iterator[str]:
    figure = _of(figures, period)
    for before in (previous(figures, figure), previous(figures, figure, year=True)):
        said = change(before, figure)
        if before is not None and said:
            yield f"Change on {period_words(before.period)}: {said}."


def _rows(columns: Sequence[tuple[Figure, ...]]) -> Iterator[PeriodRow]:
    """The newest first."""
    first = columns[0]
    for place in reversed(range(max(0, len(first) - MOST_PERIODS), len(first))):
        yield PeriodRow(
            period_words(first[place].period),
            tuple(figure_cell(column[place]) for column in columns),
            change(previous(first, first[place]), first[place]),
            change(previous(first, first[place], year=True), first[place]),
        )


def figure_cell(figure: Figure) -> FigureCell:
    return FigureCell(figure.kind, *number_words(figure))


def _rank_table(profiles: Profiles, table: SiteTable, found: Ranks, total: Figure) -> RankTable:
    measure = table.described.measures[0]
    names = profiles.kinds[COMMODITIES.folder].cells.codelists[found.dimension.codelist]
    return RankTable(
        heading=_rank_heading(found, noisy=table.described.noisy),
        anchor=f"{table.id}-{found.dimension.column}",
        measure=_counted(measure),
        has_parts=any(_part(figure, total) for _, figure in found.largest),
        lines=tuple(
            RankLine(
                short_name(names[code].name if code in names else code),
                code,
                profiles.href(found.dimension.codelist, code),
                figure_cell(figure),
                _part(figure, total),
            )
            for code, figure in found.largest
        ),
        note=_rank_note(found.hidden, noisy=table.described.noisy),
    )


def _rank_heading(found: Ranks, *, noisy: bool) -> str:
    title, when = _named(found.dimension, found.level), period_words(found.period)
    if noisy:
        return f"{title}: highest noisy figures, {when}"
    if found.hidden:
        return f"{title}: largest of the figures shown, {when}"
    return f"{title}: largest figures, {when}"


def _named(dimension: PublicDimension, level: str) -> str:
    words = level_words(level).lower()
    return dimension.title if words in dimension.title.lower() else f"{dimension.title} ({words})"


def _rank_note(hidden: int, *, noisy: bool) -> str:
    if not hidden:
        return ""
    why = "too noisy to show" if noisy else "not shown, to protect companies"
    if hidden == 1:
        return f"1 more figure is {why}. It may be larger than some of these."
    return f"{grouped(hidden)} more figures are {why}. They may be larger than some of these."


def _part(figure: Figure, total: Figure) -> str:
    exact = figure.kind == total.kind == "shown" and not figure.measure.is_quantile
    return share(figure.value, total.value) if exact and 0 < figure.value <= total.value else ""


def _download(profiles: Profiles, table: SiteTable) -> Iterator[Download]:
    file = profiles.files.get((table.series, table.id))
    if file is not None:
        path, size = file
        yield Download("All periods (Parquet)", f"{ROOT}{path}", size_words(size))
