"""Changes as sentences. Each is whole, with named places."""

from collections.abc import Callable, Mapping
from fractions import Fraction

from publisher.publication.headline.changes import Change, ChangeFact, Mover
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.words import TableWords
from publisher.publication.numbers import in_words
from publisher.publication.words import ENGLISH, Words

Say = Callable[..., str]


def change_sentence(told: ChangeFact, words: TableWords) -> str:
    earlier = words.say.period(told.earlier)
    if isinstance(told.change, Mover):
        return mover_sentence(told.change, told.fact, words, earlier)
    return total_sentence(told.change, told.fact, earlier, told.usual, words.say)


def total_sentence(change: Change, fact: HeadlineFact, earlier: str, usual: Fraction, words: Words = ENGLISH) -> str:
    """One sentence on the total, which may say that nothing can be said."""
    say = words.gettext
    if change.exact and not change.amount:
        return say("Overall: the same as in %(earlier)s.", earlier=earlier)
    if not change.beyond_noise:
        return say("Overall: no change on %(earlier)s beyond the noise.", earlier=earlier)
    if not change.beyond(usual):
        return say(
            "Overall: no change on %(earlier)s beyond the usual revisions of such figures.",
            earlier=earlier,
        )
    named = {"earlier": earlier, **_amounts(change, fact, words)}
    return _exact_total(change, named, say) if change.exact else _noisy_total(change, named, say)


def _exact_total(change: Change, named: Mapping[str, str], say: Say) -> str:
    if change.amount > 0:
        return say("Overall: up %(amount)s on %(earlier)s.", **named)
    return say("Overall: down %(amount)s on %(earlier)s.", **named)


def _noisy_total(change: Change, named: Mapping[str, str], say: Say) -> str:
    if change.amount > 0:
        return say("Overall: up about %(amount)s on %(earlier)s (with both margins, %(least)s to %(most)s).", **named)
    return say("Overall: down about %(amount)s on %(earlier)s (with both margins, %(least)s to %(most)s).", **named)


def mover_sentence(mover: Mover, fact: HeadlineFact, words: TableWords, earlier: str) -> str:
    named = {
        "dimension": words.dimensions[fact.dimension],
        "name": words.name(fact.dimension, mover.code),
        "earlier": earlier,
        **_amounts(mover.change, fact, words.say),
    }
    if mover.change.exact:
        return _exact_mover(mover, named, words.say.gettext)
    return _noisy_mover(mover, named, words.say.gettext)


def _exact_mover(mover: Mover, named: Mapping[str, str], say: Say) -> str:
    match mover.claim, mover.direction:
        case "largest", "rise":
            return say("%(dimension)s: “%(name)s” rose most since %(earlier)s, by %(amount)s.", **named)
        case "largest", "fall":
            return say("%(dimension)s: “%(name)s” fell most since %(earlier)s, by %(amount)s.", **named)
        case _, "rise":
            return say(
                "%(dimension)s: of the figures shown in both periods, “%(name)s” rose most since %(earlier)s, by "
                "%(amount)s.",
                **named,
            )
    return say(
        "%(dimension)s: of the figures shown in both periods, “%(name)s” fell most since %(earlier)s, by %(amount)s.",
        **named,
    )


def _noisy_mover(mover: Mover, named: Mapping[str, str], say: Say) -> str:
    match mover.claim, mover.direction:
        case "largest", "rise":
            return say(
                "%(dimension)s: “%(name)s” rose most since %(earlier)s, by about %(amount)s (with both margins, "
                "%(least)s to %(most)s).",
                **named,
            )
        case "largest", "fall":
            return say(
                "%(dimension)s: “%(name)s” fell most since %(earlier)s, by about %(amount)s (with both margins, "
                "%(least)s to %(most)s).",
                **named,
            )
        case _, "rise":
            return say(
                "%(dimension)s: of the noisy figures that changed by more than their margins, “%(name)s” rose most "
                "since %(earlier)s, by about %(amount)s (with both margins, %(least)s to %(most)s).",
                **named,
            )
    return say(
        "%(dimension)s: of the noisy figures that changed by more than their margins, “%(name)s” fell most since "
        "%(earlier)s, by about %(amount)s (with both margins, %(least)s to %(most)s).",
        **named,
    )


def _amounts(change: Change, fact: HeadlineFact, words: Words) -> dict[str, str]:
    """amount, least, most: sizes without sign, since the sentence says the direction. Exact ones with their share."""
    least, most = sorted((abs(change.least), abs(change.most)))
    amount = in_words(abs(change.amount), fact, words)
    if change.exact and change.share is not None:
        part = abs(change.share)
        share = words.share(part.numerator, part.denominator)
        amount = words.gettext("%(amount)s (%(percent)s)", amount=amount, percent=share)
    return {"amount": amount, "least": in_words(least, fact, words), "most": in_words(most, fact, words)}
