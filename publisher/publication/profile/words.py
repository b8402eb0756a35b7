"""The sentences of a profile: the newest figure in plain words, and what can be said of it."""

from collections.abc import Iterator
from fractions import Fraction

from publisher.publication.chart import Growth
from publisher.publication.level_names import level_name
from publisher.publication.numbers import in_words
from publisher.publication.profile.codes import ProfileKind
from publisher.publication.profile.figures import LARGEST_PERCENT, Figure, growth_between, number_words, previous
from publisher.publication.profile.standing import Standing
from publisher.publication.words import Words


def headline(figure: Figure, words: Words) -> str:
    """The newest figure as a whole sentence."""
    say, named = (
        words.gettext,
        {"measure": words.own(figure.measure.title), "in_period": words.in_period(figure.period)},
    )
    text, margin, ends = number_words(figure, words)
    if not figure.has_number:
        return say("%(measure)s %(in_period)s: %(text)s.", text=text, **named)
    amount = in_words(figure.value, figure.unit, words)
    if figure.kind == "shown":
        return say("%(measure)s %(in_period)s: %(text)s.", text=amount, **named)
    if margin:
        return say("%(measure)s %(in_period)s: about %(amount)s ± %(margin)s.", amount=amount, margin=margin, **named)
    return say("%(measure)s %(in_period)s: about %(amount)s (95 %%: %(range)s).", amount=amount, range=ends, **named)


def change_sentences(figures: tuple[Figure, ...], figure: Figure, words: Words) -> Iterator[str]:
    """On the period before and on the year before, where it can be told."""
    place = figures.index(figure)
    for old in dict.fromkeys((previous(figures, place), previous(figures, place, year=True))):
        if old is not None:
            about = "noisy" in (old.kind, figure.kind)
            said = change_sentence(
                growth_between(old, figure), words.against(old.period, figure.period), words, about=about
            )
            yield from [said] if said else []


def change_sentence(growth: Growth, against: str, words: Words, *, about: bool) -> str:
    """ "Up 12.3 % on February 2021.", or "" where nothing can be said."""
    say, percent = words.gettext, growth.percent
    if growth.kind == "noise":
        return say("No change %(against)s that stands out from the noise.", against=against)
    if percent is None:
        return ""
    if percent == 0:
        return say("Unchanged %(against)s.", against=against)
    if round(percent * 10) == 0:
        return say("Almost unchanged %(against)s.", against=against)
    if percent > LARGEST_PERCENT:
        return say("Up more than tenfold %(against)s.", against=against)
    return _more_or_less(percent, against, words, about=about)


def _more_or_less(percent: Fraction, against: str, words: Words, *, about: bool) -> str:
    say, named = words.gettext, {"against": against, "percent": words.percent(round(abs(percent) * 10))}
    if about and percent > 0:
        return say("Up about %(percent)s %(against)s.", **named)
    if about:
        return say("Down about %(percent)s %(against)s.", **named)
    if percent > 0:
        return say("Up %(percent)s %(against)s.", **named)
    return say("Down %(percent)s %(against)s.", **named)


def standing_sentence(standing: Standing, level: str, words: Words) -> str:
    """A rank among figures shown: one that is not shown may be larger, and the sentence says so."""
    named = {
        "place": words.number(standing.place),
        "shown": words.number(standing.shown),
        "level": level_name(level, words),
    }
    if not standing.hidden:
        return words.gettext("Rank by size (%(level)s): %(place)s of %(shown)s.", **named)
    return words.ngettext(
        "Rank by size (%(level)s): %(place)s of the %(shown)s shown; one is not shown and may be larger.",
        "Rank by size (%(level)s): %(place)s of the %(shown)s shown; %(count)s are not shown and may be larger.",
        standing.hidden,
        **named,
    )


def share_sentence(figure: Figure, total: Figure | None, words: Words) -> str:
    """ "" where one of the two is not an exact figure, or the part would be more than the whole."""
    part = part_of(figure, total, words) if total is not None else ""
    return words.gettext("Share of the total: %(share)s.", share=part) if part else ""


def part_of(figure: Figure, total: Figure, words: Words) -> str:
    exact = figure.kind == total.kind == "shown" and not figure.measure.is_quantile
    return words.share(figure.value, total.value) if exact and 0 < figure.value <= total.value else ""


def kind_title(kind: ProfileKind, words: Words) -> str:
    return words.gettext("Commodities") if kind.folder == "commodities" else words.gettext("Partners")


def kind_lead(kind: ProfileKind, words: Words) -> str:
    if kind.folder == "commodities":
        return words.gettext("Everything that is published about one commodity, over all periods.")
    return words.gettext("Everything that is published about trade with one country or region, over all periods.")


def finer_title(kind: ProfileKind, words: Words) -> str:
    """What the codes below one are called."""
    return words.gettext("Finer commodities") if kind.folder == "commodities" else words.gettext("Countries")
