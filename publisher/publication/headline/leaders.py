"""Who comes first along a dimension, in one sentence for each claim that a fact may make."""

from collections.abc import Sequence

from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.figures import figure_words, is_drowned
from publisher.publication.headline.table_words import TableWords


def leader_sentences(facts: Sequence[HeadlineFact], total: HeadlineFact, words: TableWords) -> tuple[str, ...]:
    """One a dimension; one in all where the noise lets nothing be said of any."""
    if len(facts) > 1 and all(_says_nothing(fact) for fact in facts):
        return (words.say.gettext("The noise is too large to tell which figures are the largest."),)
    return tuple(leader_sentence(fact, total, words) for fact in facts)


def _says_nothing(fact: HeadlineFact) -> bool:
    return is_drowned(fact) and fact.claim != "largest"


def leader_sentence(fact: HeadlineFact, total: HeadlineFact, words: TableWords) -> str:
    named = {
        "dimension": words.dimension(fact),
        "name": words.name(fact, fact.codes[fact.dimension]),
        "figure": _with_share(fact, total, words),
    }
    if fact.lower is None and fact.dimension in ("commodity", "partner"):
        match words.subject(fact):
            case "imports":
                return _imports(fact, named, words)
            case "exports":
                return _exports(fact, named, words)
    return _any(fact, named, words)


def _with_share(fact: HeadlineFact, total: HeadlineFact, words: TableWords) -> str:
    figure = figure_words(fact, words)
    if fact.lower is None and total.lower is None and 0 < fact.value <= total.value:
        share = words.say.share(fact.value, total.value)
        return words.say.gettext("%(figure)s, or %(share)s of the total", figure=figure, share=share)
    return figure


def _imports(fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say, is_certain = words.say.gettext, fact.claim == "largest"
    if fact.dimension == "partner":
        if is_certain:
            return say("The largest share of imports came from %(name)s: %(figure)s.", **named)
        return say("Of the figures shown, the largest share of imports came from %(name)s: %(figure)s.", **named)
    if is_certain:
        return say("The largest group of goods imported was %(name)s, worth %(figure)s.", **named)
    return say("Of the figures shown, the largest group of goods imported was %(name)s, worth %(figure)s.", **named)


def _exports(fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say, is_certain = words.say.gettext, fact.claim == "largest"
    if fact.dimension == "partner":
        if is_certain:
            return say("The largest share of exports went to %(name)s: %(figure)s.", **named)
        return say("Of the figures shown, the largest share of exports went to %(name)s: %(figure)s.", **named)
    if is_certain:
        return say("The largest group of goods exported was %(name)s, worth %(figure)s.", **named)
    return say("Of the figures shown, the largest group of goods exported was %(name)s, worth %(figure)s.", **named)


def _any(fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say = words.say.gettext
    if _says_nothing(fact):
        return say("By %(dimension)s, the noise is too large to tell which is the largest.", **named)
    match fact.claim:
        case "largest":
            return say("By %(dimension)s, %(name)s came first: %(figure)s.", **named)
        case "largest_noisy":
            return say(
                "By %(dimension)s, the highest noisy figure is that of %(name)s, %(figure)s; the noise is too large "
                "to be sure that it is the largest.",
                **named,
            )
    return say("Of the figures shown by %(dimension)s, that of %(name)s is the largest: %(figure)s.", **named)
