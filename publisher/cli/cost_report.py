"""What a query costs under one set of rules or several, for terminal, JSON and picture. Confidential."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import cast

from publisher.catalogue.load import load_plans
from publisher.catalogue.query import Query
from publisher.errors import ProtectionError, UsageError
from publisher.model.progress import Progress
from publisher.model.rules import SuppressionRules
from publisher.pipeline import Past, aggregate_exact, planned, recall
from publisher.release.publish.index import published
from publisher.settings import Workspace
from publisher.store.connection import Store
from publisher.store.periods import periods
from publisher.store.snapshot import Snapshot
from publisher.suppression.cost import TableCost, assess


@dataclass(frozen=True)
class Assessed:
    """What one set of rules costs. `changes` is how it differs from the query's file, "" where it does not."""

    changes: str
    rules: SuppressionRules = field(repr=False)
    costs: tuple[TableCost, ...]
    seconds: float


@dataclass(frozen=True)
class CostReport:
    """The rules as written first, then each --compare.

    series    names the plan it was protected with, if any
    past      what was published before, of which each set of rules was planned to give away no more
    """

    query: Query = field(repr=False)
    period: str
    snapshot: str
    series: str | None
    past: Past = field(repr=False)
    assessed: tuple[Assessed, ...]
    picture: Path | None


def latest_period(store: Store, snapshot: Snapshot, query: Query) -> str:
    """The newest month with declarations of the query's flow. Raises UsageError where there is none."""
    found = periods(store, snapshot, query.structure.flow)
    if not found:
        raise _empty(query, "any month", ())
    return found[0]


def assess_all(
    store: Store,
    snapshot: Snapshot,
    period: str,
    variants: Sequence[tuple[str, Query]],
    series: str | None,
    past: Past,
    progress: Progress,
) -> Iterator[Assessed]:
    """Each variant in turn: aggregated anew, for rules decide whose contributions a table looks at.

    The rules of earlier editions are those of the query files, whatever the variant. Raises ProtectionError as a
    build does, and says which variant cannot be.
    """
    for number, (changes, query) in enumerate(variants):
        told = numbered(progress, number, len(variants))
        together = together_with(store.workspace, query, series, period)
        exact = aggregate_exact(store, together, period, snapshot, told)
        if not any(len(table.cells) for table, _ in exact if table.structure.id == query.id):
            raise _empty(query, period, periods(store, snapshot, query.structure.flow))
        begun = monotonic()
        try:
            costs = assess(exact, earlier=past.shown, before=past.before, progress=told)
        except ProtectionError as refused:
            place = f"--compare {changes}" if changes else refused.place or query.id
            raise ProtectionError(refused.message, cells=refused.cells, remedy=refused.remedy, place=place) from None
        own = tuple(found for found in costs if found.query == query.id)
        yield Assessed(changes, cast(SuppressionRules, query.protection), own, monotonic() - begun)


def past_of(
    store: Store, snapshot: Snapshot, query: Query, period: str, series: str | None, progress: Progress
) -> Past:
    """What a build of the query would look back on, in the series or, without one, in any that releases it.

    Raises ProtectionError as a build does.
    """
    here = store.workspace
    follows = (series,) if series else [name for name, plan in load_plans(here).items() if query.id in plan.queries]
    return recall(store, follows, period, snapshot, published(here), progress)


def together_with(here: Workspace, query: Query, series: str | None, period: str) -> tuple[Query, ...]:
    """The query alone, or with the others of a series. Raises UsageError where the series lacks it."""
    if series is None:
        return (query,)
    plan, queries = planned(here, series, period)
    if query.id not in plan.queries:
        raise UsageError(
            f"the plan does not release {query.id}.", place=f"--series {series}", remedy="Leave out --series."
        )
    return tuple(query if each.id == query.id else each for each in queries)


def numbered(progress: Progress, number: int, of: int) -> Progress:
    """The same progress, each stage with the number of its variant where there are several."""

    def told(stage: str, done: int, total: int) -> None:
        progress(f"{number + 1}/{of} {stage}" if of > 1 else stage, done, total)

    return told


def _empty(query: Query, period: str, held: Sequence[str]) -> UsageError:
    return UsageError(
        "the store holds no declaration that this query counts.",
        place=f"{query.id} {period}",
        remedy=f"Choose another --period: there are declarations of its flow from {held[-1]} to {held[0]}."
        if held
        else "Take declarations in with 'publisher ingest'.",
    )
