"""Headline facts and their sentences. Every number in them comes from a cell that is shown; none claims what a hidden
or noisy cell could overturn. A fact is language-free (metadata/headlines.json); `told` says it in one language."""

from dataclasses import dataclass
from typing import Literal

from publisher.model.structure import Dimension, Measure
from publisher.publication.display import HEADLINE_LENGTH, range_words, short_name
from publisher.publication.margins import Margin, grand_total, margin
from publisher.publication.numbers import in_words
from publisher.publication.published import Published
from publisher.publication.words import ENGLISH, Words

Claim = Literal["largest", "largest_shown", "highest_noisy"]


@dataclass(frozen=True)
class FactMeasure:
    """Numbers are in 1/10**decimals units. `is_quantile`: intervals are told by their ends, not by ±."""

    id: str
    title: str
    unit: str
    decimals: int
    is_quantile: bool


@dataclass(frozen=True)
class Leader:
    """The largest shown value along a dimension. Bounds are None where the value is exact.

    `claim`: largest of all; largest of what is shown, for a hidden one may exceed it; highest of figures with noise.
    """

    dimension: str
    codelist: str
    code: str
    name: str
    value: int
    lower: int | None
    upper: int | None
    claim: Claim


@dataclass(frozen=True)
class Finding:
    """The first measure's total of a table, and who leads. Texts are English; codes say the rest."""

    table: str
    title: str
    noisy: bool
    measure: FactMeasure
    total: int
    leaders: tuple[Leader, ...]


@dataclass(frozen=True)
class Fact:
    """`figure` is the number in large type, `label` what it counts, `detail` sentences that go with it."""

    table: str
    title: str
    figure: str
    label: str
    detail: tuple[str, ...]


def headline(published: Published, words: Words = ENGLISH) -> Fact | None:
    """The finding of a table in words."""
    found = finding(published)
    return None if found is None else told(found, words)


def finding(published: Published) -> Finding | None:
    """None for an empty table or one without a shown total."""
    structure = published.structure
    if not structure.measures:
        return None
    measure = structure.measures[0]
    total = grand_total(published, measure)
    if total is None:
        return None
    leaders = (_leader(published, dimension, measure) for dimension in structure.dimensions)
    about = FactMeasure(measure.id, measure.title, measure.unit, measure.decimals, measure.quantile is not None)
    return Finding(
        structure.id,
        structure.title,
        published.noisy,
        about,
        total,
        tuple(leader for leader in leaders if leader is not None),
    )


def _leader(published: Published, dimension: Dimension, measure: Measure) -> Leader | None:
    found = margin(published, dimension, measure)
    if found is None or found.shown[0][1] <= 0:
        return None
    node, value, lower, upper = found.shown[0]
    hierarchy, claim = dimension.hierarchy, _claim(found, noisy=published.noisy)
    names = hierarchy.codelist, hierarchy.codes[node], hierarchy.names[node]
    return Leader(dimension.title, *names, value, lower, upper, claim)


def _claim(found: Margin, *, noisy: bool) -> Claim:
    if noisy:
        return "highest_noisy"
    return "largest_shown" if found.hidden_may_exceed else "largest"


def told(found: Finding, words: Words) -> Fact:
    """The finding in the language of `words`."""
    figure = in_words(found.total, found.measure, words)
    return Fact(
        found.table,
        words.own(found.title),
        words.gettext("about %(number)s", number=figure) if found.noisy else figure,
        _label(found, words),
        tuple(_sentence(found, leader, words) for leader in found.leaders),
    )


def _label(found: Finding, words: Words) -> str:
    named = {"measure": words.own(found.measure.title).lower()}
    if found.measure.is_quantile:
        return words.gettext("%(measure)s overall, noise added", **named)
    if found.noisy:
        return words.gettext("%(measure)s in total, noise added", **named)
    return words.gettext("%(measure)s in total", **named)


def _sentence(found: Finding, leader: Leader, words: Words) -> str:
    name = short_name(words.code_name(leader.codelist, leader.code, leader.name), HEADLINE_LENGTH)
    named = {"dimension": words.own(leader.dimension).lower(), "name": name}
    named["number"] = in_words(leader.value, found.measure, words)
    if leader.lower is not None and leader.upper is not None:
        spread = _spread(found.measure, leader.value, leader.lower, leader.upper, words)
        return words.gettext(
            "Highest noisy figure by %(dimension)s: %(name)s, %(number)s (%(spread)s).", **named, spread=spread
        )
    if leader.value > found.total:
        if leader.claim == "largest":
            return words.gettext("Largest %(dimension)s: %(name)s, %(number)s.", **named)
        return words.gettext("Largest of the figures shown by %(dimension)s: %(name)s, %(number)s.", **named)
    named["share"] = words.share(leader.value, found.total)
    if leader.claim == "largest":
        return words.gettext("Largest %(dimension)s: %(name)s, %(number)s (%(share)s of the total).", **named)
    return words.gettext(
        "Largest of the figures shown by %(dimension)s: %(name)s, %(number)s (%(share)s of the total).", **named
    )


def _spread(measure: FactMeasure, value: int, lower: int, upper: int, words: Words) -> str:
    if measure.is_quantile:
        return words.gettext("95 %%: %(range)s", range=range_words(lower, upper, measure.decimals, words))
    return f"± {words.number(max(value - lower, upper - value), measure.decimals)}"
