"""One code's published figures, period by period, and what can be said of the change between two of them.

Each figure is one published cell: nothing is added up, neither over months nor over codes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Literal

from publisher.catalogue.frequency import shift
from publisher.model.structure import Measure
from publisher.publication.cells import SiteCells, SiteTable
from publisher.publication.cells.site_cells import SliceRows
from publisher.publication.chart import ABSENT, HIDDEN, Growth, Point, growth, noisy, shown
from publisher.publication.chart.point import Number
from publisher.publication.numbers import MINUS
from publisher.publication.public_cells import Described, PublicMeasure
from publisher.publication.tables.display import range_words
from publisher.publication.words import ENGLISH, Words

Kind = Literal["shown", "noisy", "hidden", "absent"]
Why = Literal["", "withdrawn", "no release", "not in it", "no such code", "no figure"]
LARGEST_PERCENT = 1000  # beyond it a change says nothing in percent


@dataclass(frozen=True)
class Figure:
    """One measure of one code in one period, in 1/10**decimals units.

    shown: value. noisy: value, lower, upper. hidden: none. absent: none, and `why` says the reason.
    `measure` is as its edition describes it, `method` the edition's for the table.
    """

    period: str
    kind: Kind
    measure: PublicMeasure
    method: str
    value: int = 0
    lower: int = 0
    upper: int = 0
    why: Why = ""

    @property
    def has_number(self) -> bool:
        return self.kind in ("shown", "noisy")

    @property
    def explained(self) -> str:
        """The part of the methodology that says why a figure is hidden; "" of any other."""
        if self.kind != "hidden":
            return ""
        return "not-shown" if self.method == "suppression" else "too-noisy"

    @cached_property
    def point(self) -> Point:
        """For charts: in whole units, without anything of a figure that is not shown."""
        if self.kind == "hidden":
            return HIDDEN
        if self.kind == "absent":
            return ABSENT
        value, lower, upper = (
            _whole_units(each, self.measure.decimals) for each in (self.value, self.lower, self.upper)
        )
        return shown(value) if self.kind == "shown" else noisy(value, lower, upper)

    @property
    def unit(self) -> Measure:
        """For words: how the number is counted."""
        return Measure(self.measure.id, self.measure.title, "sum", self.measure.unit, self.measure.decimals)


def _whole_units(number: int, decimals: int) -> Number:
    return Fraction(number, 10**decimals) if decimals else number


def figures_over_time(cells: SiteCells, rows: SliceRows, measure: PublicMeasure) -> tuple[Figure, ...]:
    """One a period of the series, oldest first, all other dimensions total. A row that is not there is a zero in a
    table without noise whose edition knows the code at a level that it shows."""
    found = rows.series()
    return tuple(
        _figure(cells, rows, measure, period, found.get(period)) for period in cells.periods(rows.table.series)
    )


def _figure(cells: SiteCells, rows: SliceRows, newest: PublicMeasure, period: str, row: int | None) -> Figure:
    table = rows.table
    part = table.parts.get(period)
    described = part.described if part else table.described
    measure = next((each for each in described.measures if each.id == newest.id), None)
    if row is not None and measure is not None:
        return figure_of(table, described, measure, period, row)
    if measure is None:
        return Figure(period, "absent", newest, described.method, why="not in it")
    why = _why_absent(cells, rows, period)
    if why:
        return Figure(period, "absent", measure, described.method, why=why)
    return Figure(period, "shown", measure, described.method)


def figure_of(table: SiteTable, described: Described, measure: PublicMeasure, period: str, row: int) -> Figure:
    """The figure in a row of the table."""
    numbers, method = table.numbers[measure.id], described.method
    if not numbers.shown[row]:
        return Figure(period, "hidden", measure, method)
    value, lower, upper = (int(column[row]) for column in (numbers.value, numbers.lower, numbers.upper))
    if not numbers.bounded[row]:
        return Figure(period, "shown", measure, method, value, value, value)
    return Figure(period, "noisy", measure, method, value, lower, upper)


def _why_absent(cells: SiteCells, rows: SliceRows, period: str) -> Why:
    """Why a period has no figure and no zero; "" where the missing row is a zero."""
    table = rows.table
    if period in cells.withdrawn.get(table.series, ()):
        return "withdrawn"
    if period not in cells.editions.get(table.series, {}):
        return "no release"
    part = table.parts.get(period)
    if part is None:
        return "not in it"
    dimension = part.described.dimensions[table.dimension(rows.column)]
    if not cells.lists(table.series, period, dimension.codelist, rows.code):
        return "no such code"
    level = cells.codelists[dimension.codelist][rows.code].level
    return "no figure" if part.described.noisy or level not in dimension.levels else ""


def previous(figures: Sequence[Figure], place: int, *, year: bool = False) -> Figure | None:
    """That of the period before the one at `place`, or of the same period a year before. No period is left out."""
    step = _steps_a_year(figures[place].period) if year else 1
    return figures[place - step] if place >= step else None


def year_before(period: str) -> str:
    """ "2021-03" -> "2020-03" """
    return shift(period, -_steps_a_year(period))


def _steps_a_year(period: str) -> int:
    return 4 if "Q" in period else 12 if "-" in period else 1


def growth_between(old: Figure | None, new: Figure) -> Growth:
    """Of two figures that were counted in the same way (method and unit); else there is none to tell."""
    if old is None or (old.method, old.measure) != (new.method, new.measure):
        return Growth("absent")
    return growth(old.point, new.point)


def change(old: Figure | None, new: Figure, words: Words = ENGLISH) -> str:
    """ "+12.3 %", "within the noise", or "" where nothing can be said."""
    about = old is not None and "noisy" in (old.kind, new.kind)
    return growth_words(growth_between(old, new), words, about=about)


def growth_words(found: Growth, words: Words = ENGLISH, *, about: bool) -> str:
    """As a cell of a table has it; "" where it cannot be told. `about`: one of the two figures is noisy."""
    if found.kind == "noise":
        return words.gettext("within the noise")
    if found.percent is None:
        return ""
    if found.percent > LARGEST_PERCENT:
        return words.gettext("more than tenfold")
    tenths = round(found.percent * 10)
    sign = "+" if tenths > 0 else MINUS if tenths < 0 else ""
    text = sign + words.percent(abs(tenths))
    return words.gettext("about %(change)s", change=text) if about else text


def number_words(figure: Figure, words: Words = ENGLISH) -> tuple[str, str, str]:
    """Text, margin and 95 % range, for a cell of a table; the last two are empty but for noisy figures."""
    decimals = figure.measure.decimals
    if not figure.has_number:
        return _no_number(figure, words), "", ""
    text = words.number(figure.value, decimals)
    if figure.kind == "shown":
        return text, "", ""
    margin = words.number(max(figure.value - figure.lower, figure.upper - figure.value), decimals)
    ends = range_words(figure.lower, figure.upper, decimals, words)
    return text, "" if figure.measure.is_quantile else margin, ends


def _no_number(figure: Figure, words: Words) -> str:
    say = words.gettext
    match figure.why:
        case "":
            return say("not shown") if figure.method == "suppression" else say("too noisy to show")
        case "withdrawn":
            return say("withdrawn")
        case "no release":
            return say("no release")
        case "no such code":
            return say("no such code then")
        case "not in it":
            return say("not in this release")
        case "no figure":
            return say("no figure")
