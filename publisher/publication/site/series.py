"""What lies on a site: the series, each with its published editions and what is announced of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from publisher.catalogue.frequency import shift
from publisher.catalogue.plan import Plan
from publisher.publication.contexts import Frame, Link
from publisher.publication.lifecycle.lifecycle import NOTHING_YET, Lifecycle, lifecycle
from publisher.publication.pages import Page
from publisher.publication.public_files import PublicTable, read_tables
from publisher.publication.speech import speech_of_site
from publisher.publication.words import ENGLISH, Words
from publisher.release.calendar.calendar import CalendarLine, lines
from publisher.release.publish.index import PublishedEdition
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office


@dataclass(frozen=True)
class Series:
    """One release series: its editions on the site, oldest first, and its lines of the calendar.

    `plan` is None where the plan is gone: what came out of it keeps its pages, because its editions link to them.
    """

    id: str
    title: str
    summary: str
    first_period: str
    plan: Plan | None
    editions: tuple[PublishedEdition, ...]
    calendar: tuple[CalendarLine, ...]

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Published periods, oldest first."""
        return tuple(sorted({edition.ref.period for edition in self.editions}))

    @property
    def latest(self) -> PublishedEdition | None:
        return next((edition for edition in self.editions if edition.latest), None)

    @property
    def upcoming(self) -> CalendarLine | None:
        """The first release that is announced and not out; one that is delayed where none has a date."""
        open = [line for line in self.calendar if line.open and line.kind == "first"]
        return next((line for line in open if line.status == "planned"), open[0] if open else None)

    def announced(self, period: str) -> CalendarLine | None:
        """The first release of a period, if it was announced and is not out."""
        return next((line for line in self.calendar if line.open and line.id.period == period), None)

    @property
    def provisional_until(self) -> dict[str, str]:
        """Published period -> the later period whose edition makes its figures final, where that is not out."""
        newest = self.periods[-1] if self.periods else ""
        final = {period: self.plan.final_with(period) if self.plan else None for period in self.periods}
        return {period: later for period, later in final.items() if later and later > newest}

    def of(self, period: str) -> tuple[PublishedEdition, ...]:
        """The versions of one period, newest first."""
        found = (edition for edition in self.editions if edition.ref.period == period)
        return tuple(sorted(found, key=lambda edition: -edition.ref.version))

    @property
    def pages(self) -> tuple[str, ...]:
        """Periods that have a page: the published ones and those beside them, which editions link to."""
        beside = {shift(period, step) for period in self.periods for step in (-1, 1)}
        known = {*beside, *self.periods} or {self.first_period}
        return tuple(sorted(period for period in known if period >= self.first_period))


@dataclass(frozen=True)
class Site:
    """Everything that the pages are made from. `folder` holds the editions' public files already."""

    folder: Path
    office: Office
    series: tuple[Series, ...]
    lifecycle: Lifecycle = NOTHING_YET
    words: Words = ENGLISH
    languages: tuple[Words, ...] = (ENGLISH,)

    def frame(
        self, title: str, description: str, section: str, *, depth: int = 0, trail: Iterable[Link] = ()
    ) -> Frame:
        root = "../" * depth
        return Frame(title, description, self.office, root, f"{root}assets/", section, tuple(trail))

    def withdrawn(self, edition: PublishedEdition) -> bool:
        return edition.withdrawn is not None or edition.ref.name in self.lifecycle.tombstones

    def standing(self, series: Series, period: str) -> PublishedEdition | None:
        """The newest version of a period, unless it was withdrawn: an older one does not become true again."""
        newest = next(iter(series.of(period)), None)
        return None if newest is None or self.withdrawn(newest) else newest

    def write(self, name: str, page: Page) -> None:
        """Writes a page of the site; `name` is the place of the English one."""
        speech_of_site(self.folder, self.languages).write(self.folder, "", name, page, self.words)

    @property
    def home(self) -> str:
        return self.words.gettext("Home")

    def tables(self, edition: PublishedEdition) -> tuple[PublicTable, ...]:
        return read_tables(self.folder / edition.path / "metadata" / "tables.json", self.words)


def site_of(
    folder: Path,
    office: Office,
    editions: Sequence[PublishedEdition],
    plans: Mapping[str, Plan],
    leaves: Sequence[Leaf] = (),
    words: Words = ENGLISH,
    languages: Sequence[Words] = (ENGLISH,),
) -> Site:
    told = lines(leaves)
    names = dict.fromkeys([*plans, *(edition.ref.series for edition in editions)])
    series = (_series(name, plans.get(name), editions, told, words) for name in names)
    return Site(folder, office, tuple(series), lifecycle(leaves), words, tuple(languages))


def _series(
    name: str, plan: Plan | None, editions: Sequence[PublishedEdition], told: Sequence[CalendarLine], words: Words
) -> Series:
    mine = tuple(edition for edition in editions if edition.ref.series == name)
    return Series(
        id=name,
        title=words.own(plan.title if plan else mine[-1].manifest.title),
        summary=words.own(plan.summary) if plan else words.gettext("No further releases are planned."),
        first_period=plan.first_period if plan else mine[0].ref.period,
        plan=plan,
        editions=mine,
        calendar=tuple(line for line in told if line.id.series == name),
    )
