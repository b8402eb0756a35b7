"""Figures of headlines in words. A figure that its noise drowns is told as the interval that it is."""

from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.table_words import TableWords
from publisher.publication.numbers import bare_words, in_words
from publisher.publication.tables.display import range_words


def is_drowned(fact: HeadlineFact) -> bool:
    """Whether the noise can be as large as the figure, so that it may stand for nothing at all."""
    return fact.lower is not None and (fact.lower <= 0 or _margin(fact) >= fact.value)


def _margin(fact: HeadlineFact) -> int:
    """The larger distance from the figure to an end of its interval; 0 where it is exact."""
    lower, upper = fact.lower, fact.upper
    return 0 if lower is None or upper is None else max(fact.value - lower, upper - fact.value)


def margin_words(fact: HeadlineFact, words: TableWords) -> str:
    return bare_words(_margin(fact), fact, words.say)


def range_of(fact: HeadlineFact, words: TableWords) -> dict[str, str]:
    """low, high: the ends of a noisy figure's interval."""
    low, high = (bare_words(end or 0, fact, words.say) for end in (fact.lower, fact.upper))
    return {"low": low, "high": high}


def figure_words(fact: HeadlineFact, words: TableWords) -> str:
    """ "KRW 189.7 billion"; "about 4,321 traders (± 13)"; "0 to 4,438 declarations"; of a quantile "about 12 hours
    (95 %: 8 to 18)" """
    say = words.say.gettext
    if fact.lower is None or fact.upper is None:
        return in_words(fact.value, fact, words.say)
    about = say("about %(number)s", number=in_words(fact.value, fact, words.say))
    if words.subject(fact) == "quantile":
        within = range_words(fact.lower, fact.upper, fact.decimals, words.say)
        return say("%(figure)s (95 %%: %(range)s)", figure=about, range=within)
    if is_drowned(fact):
        high = in_words(fact.upper, fact, words.say)
        return say("%(lower)s to %(upper)s", lower=bare_words(fact.lower, fact, words.say), upper=high)
    return say("%(figure)s (± %(margin)s)", figure=about, margin=margin_words(fact, words))
