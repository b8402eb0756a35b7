"""The sentences of a profile: the newest figure in plain words, and what can be said of it."""

from collections.abc import Iterator

from publisher.publication.chart import Growth
from publisher.publication.display import level_words
from publisher.publication.numbers import grouped, in_words, share
from publisher.publication.periods import period_words
from publisher.publication.profile_figures import LARGEST_PERCENT, Figure, growth_between, number_words, previous
from publisher.publication.profile_standing import Standing


def headline(figure: Figure) -> str:
    """The newest figure as a whole sentence."""
    title, when = figure.measure.title, period_words(figure.period)
    if not figure.has_number:
        return f"{title} in {when}: {number_words(figure)[0]}."
    amount = in_words(figure.value, figure.unit)
    if figure.kind == "shown":
        return f"{title} in {when}: {amount}."
    _, margin, ends = number_words(figure)
    if margin:
        return f"{title} in {when}: about {amount} ± {margin}."
    return f"{title} in {when}: about {amount} (95 %: {ends})."


def change_sentences(figures: tuple[Figure, ...], figure: Figure) -> Iterator[str]:
    """On the period before and on the year before, where it can be told."""
    before, year = previous(figures, figure), previous(figures, figure, year=True)
    for old in dict.fromkeys((before, year)):
        if old is not None:
            said = change_sentence(growth_between(old, figure), old, about="noisy" in (old.kind, figure.kind))
            yield from [said] if said else []


def change_sentence(growth: Growth, old: Figure, *, about: bool) -> str:
    when, percent = period_words(old.period), growth.percent
    if growth.kind == "noise":
        return f"The change since {when} is within the noise."
    if percent is None:
        return ""
    if percent == 0:
        return f"As much as in {when}."
    if percent > LARGEST_PERCENT:
        return f"More than ten times as much as in {when}."
    size = share(abs(percent.numerator), 100 * percent.denominator)
    if about:
        return f"About {size} more than in {when}." if percent > 0 else f"About {size} less than in {when}."
    return f"{size} more than in {when}." if percent > 0 else f"{size} less than in {when}."


def standing_sentence(standing: Standing, level: str) -> str:
    """A rank among figures shown: one that is not shown may be larger, and the sentence says so."""
    place, shown, words = grouped(standing.place), grouped(standing.shown), level_words(level).lower()
    if not standing.hidden:
        return f"Rank {place} of {shown} by size ({words})."
    if standing.hidden == 1:
        return f"Rank {place} of the {shown} that are shown ({words}); one more is not shown and may be larger."
    hidden = grouped(standing.hidden)
    return f"Rank {place} of the {shown} that are shown ({words}); {hidden} more are not shown and may be larger."


def share_sentence(figure: Figure, total: Figure | None) -> str:
    """ "" where one of the two is not an exact figure, or the part would be more than the whole."""
    part = part_of(figure, total) if total is not None else ""
    return f"{part} of the total." if part else ""


def part_of(figure: Figure, total: Figure) -> str:
    exact = figure.kind == total.kind == "shown" and not figure.measure.is_quantile
    return share(figure.value, total.value) if exact and 0 < figure.value <= total.value else ""
