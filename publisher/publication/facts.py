"""Headline sentences. Every number in them comes from a cell that is shown; none claims what a hidden or noisy
cell could overturn."""

from dataclasses import dataclass

from publisher.model.structure import Dimension, Measure
from publisher.publication.display import HEADLINE_LENGTH, short_name, spread_words
from publisher.publication.margins import Margin, grand_total, margin
from publisher.publication.numbers import in_words, share
from publisher.publication.published import Published


@dataclass(frozen=True)
class Fact:
    """`figure` is the number in large type, `label` what it counts, `detail` sentences that go with it."""

    table: str
    title: str
    figure: str
    label: str
    detail: tuple[str, ...]


def headline(published: Published) -> Fact | None:
    """The first measure's total and who leads. None for an empty table or one without a shown total."""
    structure = published.structure
    if not structure.measures:
        return None
    measure = structure.measures[0]
    total = grand_total(published, measure)
    if total is None:
        return None
    leaders = (leading(published, dimension, measure, total) for dimension in structure.dimensions)
    return Fact(
        structure.id,
        structure.title,
        ("about " if published.noisy else "") + in_words(total, measure),
        f"{measure.title.lower()} {'overall' if measure.quantile else 'in total'}"
        + (", noise added" if published.noisy else ""),
        tuple(sentence for sentence in leaders if sentence),
    )


def leading(published: Published, dimension: Dimension, measure: Measure, total: int) -> str:
    """One sentence on the largest shown value along a dimension, empty where there is nothing to say."""
    found = margin(published, dimension, measure)
    if found is None or found.shown[0][1] <= 0:
        return ""
    node, value, lower, upper = found.shown[0]
    name = short_name(dimension.hierarchy.names[node], HEADLINE_LENGTH)
    head = f"{_superlative(found, noisy=published.noisy)} {dimension.title.lower()}: {name}"
    if lower is not None and upper is not None:
        return f"{head}, {in_words(value, measure)} ({spread_words(measure, value, lower, upper)})."
    part = f" ({share(value, total)} of the total)" if 0 < value <= total else ""
    return f"{head}, {in_words(value, measure)}{part}."


def _superlative(found: Margin, *, noisy: bool) -> str:
    if noisy:
        return "Highest noisy figure by"
    return "Largest of the figures shown by" if found.hidden_may_exceed else "Largest"
