"""The sentence that a newspaper would print: what the total was, and how it stands to an earlier one.

Of imports and exports their value is told, of anything else what its measure's title says was counted.
"""

from publisher.publication.headline.changes import Change, ChangeFact, TotalClaim, total_claim
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.figures import is_drowned, margin_words, range_of
from publisher.publication.headline.table_words import TableWords
from publisher.publication.numbers import bare_words, in_words


def lead_sentence(fact: HeadlineFact, words: TableWords) -> str:
    """Of one edition alone."""
    return words.say.gettext("%(lead)s.", lead=_lead(fact, words))


def compared_sentence(told: ChangeFact, words: TableWords) -> str:
    """With what changed since the earlier period that `told` names."""
    if not isinstance(told.change, Change):
        raise TypeError("the change of a total is no mover")
    claim = total_claim(told.change, told.usual)
    named = {
        "lead": _lead(told.fact, words),
        "against": words.say.against(told.earlier, told.fact.period),
        **amounts(told.change, told.fact, words),
    }
    return _compared(claim, told.change, named, words)


def _compared(claim: TotalClaim, told: Change, named: dict[str, str], words: TableWords) -> str:
    say = words.say.gettext
    if claim in ("up", "down") and not told.exact:
        return _about(claim, named, words)
    match claim:
        case "same":
            return say("%(lead)s, unchanged %(against)s.", **named)
        case "drowned":
            return say("%(lead)s; a change %(against)s, if any, does not stand out from the noise.", **named)
        case "usual":
            return say("%(lead)s, with no change %(against)s larger than the usual revisions.", **named)
        case "up":
            return say("%(lead)s, up %(change)s %(against)s.", **named)
        case "down":
            return say("%(lead)s, down %(change)s %(against)s.", **named)


def _about(claim: TotalClaim, named: dict[str, str], words: TableWords) -> str:
    """Of noisy figures."""
    if claim == "up":
        return words.say.gettext("%(lead)s, up about %(change)s %(against)s.", **named)
    return words.say.gettext("%(lead)s, down about %(change)s %(against)s.", **named)


def _lead(fact: HeadlineFact, words: TableWords) -> str:
    """A sentence without its full stop."""
    named = {
        "measure": words.measures[fact.measure],
        "in_period": words.say.in_period(fact.period),
        "figure": in_words(fact.value, fact, words.say),
        "number": bare_words(fact.value, fact, words.say),
    }
    if fact.lower is None:
        return _exact(fact, named, words)
    return _noisy(fact, {**named, "margin": margin_words(fact, words), **range_of(fact, words)}, words)


def _exact(fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say = words.say.gettext
    match words.subject(fact):
        case "imports":
            return say("Imports were worth %(figure)s %(in_period)s", **named)
        case "exports":
            return say("Exports were worth %(figure)s %(in_period)s", **named)
        case "count":
            return say("%(measure)s numbered %(number)s %(in_period)s", **named)
    return say("%(measure)s came to %(figure)s %(in_period)s", **named)


def _noisy(fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say, subject = words.say.gettext, words.subject(fact)
    if subject == "quantile":
        return say(
            "%(measure)s came to about %(figure)s %(in_period)s, most likely between %(low)s and %(high)s", **named
        )
    if is_drowned(fact):
        return say("%(measure)s: most likely between %(low)s and %(high)s %(in_period)s", **named)
    match subject:
        case "imports":
            return say("Imports were worth about %(figure)s %(in_period)s, give or take %(margin)s", **named)
        case "exports":
            return say("Exports were worth about %(figure)s %(in_period)s, give or take %(margin)s", **named)
        case "count":
            return say("%(measure)s numbered about %(number)s %(in_period)s, give or take %(margin)s", **named)
    return say("%(measure)s came to about %(figure)s %(in_period)s, give or take %(margin)s", **named)


def amounts(change: Change, fact: HeadlineFact, words: TableWords) -> dict[str, str]:
    """change: its size without sign, since the sentence says the direction: in percent where both figures are exact,
    with both ends where one is noisy. amount: the same with the number itself."""
    say = words.say.gettext
    amount = in_words(abs(change.amount), fact, words.say)
    if not change.exact:
        low, high = (bare_words(end, fact, words.say) for end in sorted((abs(change.least), abs(change.most))))
        told = say("%(amount)s (between %(low)s and %(high)s)", amount=amount, low=low, high=high)
        return {"change": told, "amount": told}
    if change.share is None:
        return {"change": amount, "amount": amount}
    part = abs(change.share)
    percent = words.say.share(part.numerator, part.denominator)
    return {"change": percent, "amount": say("%(amount)s (%(percent)s)", amount=amount, percent=percent)}
