"""What lies on a site: the series of the plans, each with its published editions."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from publisher.catalogue.frequency import shift
from publisher.catalogue.plan import Plan
from publisher.publication.contexts import Frame, Link
from publisher.publication.lifecycle import Lifecycle, lifecycle
from publisher.publication.public_files import PublicTable, read_tables
from publisher.release.index import PublishedEdition
from publisher.release.transparency.facts import Leaf
from publisher.settings import Office


@dataclass(frozen=True)
class Series:
    """One plan with the editions on the site, oldest first."""

    plan: Plan
    editions: tuple[PublishedEdition, ...]

    @property
    def id(self) -> str:
        return self.plan.id

    @cached_property
    def periods(self) -> tuple[str, ...]:
        """Published periods, oldest first."""
        return tuple(sorted({edition.ref.period for edition in self.editions}))

    @property
    def latest(self) -> PublishedEdition | None:
        return next((edition for edition in self.editions if edition.latest), None)

    @property
    def next_period(self) -> str:
        return shift(self.periods[-1], 1) if self.periods else self.plan.first_period

    def of(self, period: str) -> tuple[PublishedEdition, ...]:
        """The versions of one period, newest first."""
        found = (edition for edition in self.editions if edition.ref.period == period)
        return tuple(sorted(found, key=lambda edition: -edition.ref.version))

    @property
    def pages(self) -> tuple[str, ...]:
        """Periods that have a page: the published ones and those beside them, which editions link to."""
        beside = {shift(period, step) for period in self.periods for step in (-1, 1)}
        known = {*beside, *self.periods, self.next_period}
        return tuple(sorted(period for period in known if period >= self.plan.first_period))


@dataclass(frozen=True)
class Site:
    """Everything that the pages are made from. `folder` holds the editions' public files already."""

    folder: Path
    office: Office
    series: tuple[Series, ...]
    lifecycle: Lifecycle

    def frame(
        self, title: str, description: str, section: str, *, depth: int = 0, trail: Iterable[Link] = ()
    ) -> Frame:
        root = "../" * depth
        return Frame(title, description, self.office, root, f"{root}assets/", section, tuple(trail))

    def tables(self, edition: PublishedEdition) -> tuple[PublicTable, ...]:
        return read_tables(self.folder / edition.path / "metadata" / "tables.json")


def site_of(
    folder: Path,
    office: Office,
    editions: Sequence[PublishedEdition],
    plans: Mapping[str, Plan],
    leaves: Sequence[Leaf] = (),
) -> Site:
    series = (Series(plan, tuple(e for e in editions if e.ref.series == plan.id)) for plan in plans.values())
    return Site(folder, office, tuple(series), lifecycle(leaves))
