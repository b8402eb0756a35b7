"""Changes as sentences. Each is whole, with named places."""

from collections.abc import Mapping
from fractions import Fraction

from publisher.model.structure import Measure
from publisher.publication.headline_changes import Change, Direction, Mover
from publisher.publication.headline_facts import Claim, HeadlineFact
from publisher.publication.headline_words import TableWords
from publisher.publication.numbers import in_words, share

TOTAL: Mapping[Direction, str] = {
    "rise": "Altogether: up by {amount} from {earlier}.",
    "fall": "Altogether: down by {amount} from {earlier}.",
}
TOTAL_NOISY: Mapping[Direction, str] = {
    "rise": "Altogether: up by about {amount} from {earlier} (with both margins, {least} to {most}).",
    "fall": "Altogether: down by about {amount} from {earlier} (with both margins, {least} to {most}).",
}
TOTAL_IN_NOISE = "Altogether: no change from {earlier} that is larger than the noise."
TOTAL_USUAL = "Altogether: no change from {earlier} that is larger than what such figures are usually revised by."
TOTAL_SAME = "Altogether: the same as in {earlier}."
MOVED: Mapping[tuple[Claim, Direction], str] = {
    ("largest", "rise"): "{dimension}: {name} has the largest rise from {earlier}, {amount}.",
    ("largest", "fall"): "{dimension}: {name} has the largest fall from {earlier}, {amount}.",
    ("largest_shown", "rise"): (
        "{dimension}: {name} has the largest rise from {earlier} among figures shown in both periods, {amount}."
    ),
    ("largest_shown", "fall"): (
        "{dimension}: {name} has the largest fall from {earlier} among figures shown in both periods, {amount}."
    ),
}
MOVED_NOISY: Mapping[tuple[Claim, Direction], str] = {
    ("largest", "rise"): (
        "{dimension}: {name} has the largest rise from {earlier}, about {amount} "
        "(with both margins, {least} to {most})."
    ),
    ("largest", "fall"): (
        "{dimension}: {name} has the largest fall from {earlier}, about {amount} "
        "(with both margins, {least} to {most})."
    ),
    ("largest_noisy", "rise"): (
        "{dimension}: {name} has the highest noisy rise from {earlier} that is larger than its margins, "
        "about {amount} (with both margins, {least} to {most})."
    ),
    ("largest_noisy", "fall"): (
        "{dimension}: {name} has the highest noisy fall from {earlier} that is larger than its margins, "
        "about {amount} (with both margins, {least} to {most})."
    ),
}
WITH_PERCENT = "{amount} ({percent})"


def total_sentence(change: Change, fact: HeadlineFact, earlier: str, usual: Fraction) -> str:
    """One sentence on the total, which may say that nothing can be said."""
    direction: Direction = "rise" if change.amount > 0 else "fall"
    if change.exact and not change.amount:
        return TOTAL_SAME.format(earlier=earlier)
    if not change.beyond_noise:
        return TOTAL_IN_NOISE.format(earlier=earlier)
    if not change.beyond(usual):
        return TOTAL_USUAL.format(earlier=earlier)
    sentences = TOTAL if change.exact else TOTAL_NOISY
    return sentences[direction].format(earlier=earlier, **_amounts(change, fact))


def mover_sentence(mover: Mover, fact: HeadlineFact, words: TableWords, earlier: str) -> str:
    sentences = MOVED if mover.change.exact else MOVED_NOISY
    return sentences[mover.claim, mover.direction].format(
        dimension=words.dimensions[fact.dimension],
        name=words.name(fact.dimension, mover.code),
        earlier=earlier,
        **_amounts(mover.change, fact),
    )


def _amounts(change: Change, fact: HeadlineFact) -> dict[str, str]:
    """amount, least, most: sizes without sign, since the sentence says the direction. Exact ones with their share."""
    measure = Measure(fact.measure, "", "sum", fact.unit, fact.decimals)
    least, most = sorted((abs(change.least), abs(change.most)))
    amount = in_words(abs(change.amount), measure)
    if change.exact and change.share is not None:
        part = abs(change.share)
        amount = WITH_PERCENT.format(amount=amount, percent=share(part.numerator, part.denominator))
    return {"amount": amount, "least": in_words(least, measure), "most": in_words(most, measure)}
