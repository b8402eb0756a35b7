"""The largest rise and fall as sentences, one for each claim that may be made."""

from publisher.publication.headline.changes import ChangeFact, Mover
from publisher.publication.headline.facts import HeadlineFact
from publisher.publication.headline.leads import amounts
from publisher.publication.headline.table_words import TableWords


def mover_sentence(told: ChangeFact, words: TableWords) -> str:
    mover = told.change
    if not isinstance(mover, Mover):
        raise TypeError("the change of a total is told by its lead")
    return _claimed(
        mover,
        {
            "what": _what(mover, told.fact, words),
            "against": words.say.against(told.earlier, told.fact.period),
            "amount": amounts(mover.change, told.fact, words)["amount"],
        },
        words,
    )


def _claimed(mover: Mover, named: dict[str, str], words: TableWords) -> str:
    say = words.say.gettext
    match mover.claim:
        case "largest" if not mover.change.exact:
            return say("%(what)s: by about %(amount)s %(against)s.", **named)
        case "largest":
            return say("%(what)s: by %(amount)s %(against)s.", **named)
        case "largest_noisy":
            return say(
                "%(what)s among the changes that stand out from the noise: by about %(amount)s %(against)s.", **named
            )
    return say("%(what)s among the figures shown in both periods: by %(amount)s %(against)s.", **named)


def _what(mover: Mover, fact: HeadlineFact, words: TableWords) -> str:
    """Who rose or fell most."""
    named = {"name": words.name(fact, mover.code), "dimension": words.dimension(fact)}
    is_trade = mover.change.exact and words.subject(fact) in ("imports", "exports")
    if is_trade and fact.dimension == "commodity":
        return _goods(mover, fact, named, words)
    if is_trade and fact.dimension == "partner":
        return _partner(mover, fact, named, words)
    if mover.direction == "rise":
        return words.say.gettext("By %(dimension)s, %(name)s rose most", **named)
    return words.say.gettext("By %(dimension)s, %(name)s fell most", **named)


def _goods(mover: Mover, fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say = words.say.gettext
    match words.subject(fact), mover.direction:
        case "imports", "rise":
            return say("Imports of %(name)s rose most", **named)
        case "imports", _:
            return say("Imports of %(name)s fell most", **named)
        case _, "rise":
            return say("Exports of %(name)s rose most", **named)
    return say("Exports of %(name)s fell most", **named)


def _partner(mover: Mover, fact: HeadlineFact, named: dict[str, str], words: TableWords) -> str:
    say = words.say.gettext
    match words.subject(fact), mover.direction:
        case "imports", "rise":
            return say("Imports from %(name)s rose most", **named)
        case "imports", _:
            return say("Imports from %(name)s fell most", **named)
        case _, "rise":
            return say("Exports to %(name)s rose most", **named)
    return say("Exports to %(name)s fell most", **named)
