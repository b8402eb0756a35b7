"""Which versions of a period are held against each other: each with the one before it that still stands."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from publisher.publication.site.series import Series, Site
from publisher.release.publish.index import PublishedEdition


@dataclass(frozen=True)
class Pair:
    """Two versions of one period, the older one first."""

    series: Series
    old: PublishedEdition
    new: PublishedEdition


def changes_path(pair: Pair) -> str:
    """Where the comparison lies below the web root."""
    old, new = pair.old.ref, pair.new.ref
    return f"releases/{new.series}/{new.period}/changes/v{old.version}-v{new.version}/"


def compared_pairs(site: Site) -> Iterator[Pair]:
    """A withdrawn version is in none: what follows it is held against the last one that stands."""
    for series, editions in _periods(site):
        standing = [edition for edition in editions if edition.ref.name not in site.lifecycle.tombstones]
        yield from (Pair(series, old, new) for old, new in pairwise(standing))


def withdrawn_pairs(site: Site) -> Iterator[Pair]:
    """Those that may have been compared before one of them was withdrawn."""
    gone = site.lifecycle.tombstones
    for series, editions in _periods(site):
        for old, new in combinations(editions, 2):
            if old.ref.name in gone or new.ref.name in gone:
                yield Pair(series, old, new)


def _periods(site: Site) -> Iterator[tuple[Series, list[PublishedEdition]]]:
    """The versions of each period of each series, oldest first."""
    for series in site.series:
        for period in series.periods:
            yield series, list(reversed(series.of(period)))
