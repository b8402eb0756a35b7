"""The headline facts of an edition: totals, and the largest cell along each dimension. Data, not sentences.

What each claims is true of every table that fits the printed figures: whatever a hidden cell may hold within its
range, and whatever the true number behind a noisy figure within its 95 % interval.

    largest         no other cell of the level can be larger
    largest_shown   no other cell of the level that is shown is larger; a hidden one may be
    largest_noisy   no other figure of the level, as published with noise, is larger; a true number may be

Argument: a cell beside the leader is at most its printed upper end (a shown one: its number), the leader at least
its lower end. If the first is nowhere above the second, no filling can overturn the claim; else the filling that puts
both at these ends does, and the weaker claim is made. Tested over all fillings (tests/property/test_headlines.py).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from publisher.model.codelist import TOTAL
from publisher.model.structure import Dimension, Measure
from publisher.publication.tables.margins import Margin, grand_total_cell, margin
from publisher.publication.tables.published import Published

Kind = Literal["total", "largest"]
Claim = Literal["largest", "largest_shown", "largest_noisy"]


@dataclass(frozen=True)
class HeadlineFact:
    """One published cell and what is claimed of it, in 1/10**decimals units; bounds only where there is noise.

    `codes`: column -> code. Of a largest cell, `dimension` is the column along which it leads, at `level`.
    """

    table: str
    measure: str
    period: str
    kind: Kind
    codes: Mapping[str, str]
    value: int
    lower: int | None
    upper: int | None
    unit: str
    decimals: int
    dimension: str = ""
    level: str = ""
    claim: Claim | None = None


def headline_facts(published: Published) -> tuple[HeadlineFact, ...]:
    """The total of the first measure, then who leads along each dimension. () for a table without a shown total."""
    if not published.structure.measures:
        return ()
    measure = published.structure.measures[0]
    total = grand_total_cell(published, measure)
    if total is None:
        return ()
    codes = dict.fromkeys(published.structure.columns, TOTAL)
    first = HeadlineFact(*_head(published, measure), "total", codes, *total, measure.unit, measure.decimals)
    return (first, *_leaders(published, measure, codes))


def _head(published: Published, measure: Measure) -> tuple[str, str, str]:
    return published.structure.id, measure.id, published.table.time_period


def _leaders(published: Published, measure: Measure, codes: Mapping[str, str]) -> Iterator[HeadlineFact]:
    for dimension in published.structure.dimensions:
        found = margin(published, dimension, measure)
        if found is not None and found.shown[0][1] > 0:
            yield _leader(published, dimension, measure, found, codes)


def _leader(
    published: Published, dimension: Dimension, measure: Measure, found: Margin, codes: Mapping[str, str]
) -> HeadlineFact:
    node, value, lower, upper = found.shown[0]
    return HeadlineFact(
        *_head(published, measure),
        "largest",
        {**codes, dimension.column: dimension.hierarchy.codes[node]},
        value,
        lower,
        upper,
        measure.unit,
        measure.decimals,
        dimension.column,
        found.level,
        claim_of(found, noisy=published.noisy),
    )


def claim_of(found: Margin, *, noisy: bool) -> Claim:
    """What may be said of the first of `found.shown`."""
    _, value, lower, _ = found.shown[0]
    least = value if lower is None else lower
    others: Sequence[int] = [value if upper is None else upper for _, value, _, upper in found.shown[1:]]
    if not found.hidden_may_exceed(least) and all(most <= least for most in others):
        return "largest"
    return "largest_noisy" if noisy else "largest_shown"
