"""What a noisy table says to its reader, from its NoiseStatement (the list in publisher/dp/README.md).

The facts stand here as terms; what they mean is said by the sentences of `notes`, which come with the noise.
"""

from collections.abc import Iterable
from fractions import Fraction

from publisher.model.privacy import NoiseStatement
from publisher.publication.contexts import PrivacyStatement, Term
from publisher.publication.numbers import fraction_words
from publisher.publication.privacy.band_terms import band_terms
from publisher.publication.privacy.loss_curve import loss_curve
from publisher.publication.tables.published import Published
from publisher.publication.words import ENGLISH, Words

_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def privacy_statement(published: Published, href: str, words: Words = ENGLISH) -> PrivacyStatement | None:
    """None for a table without noise."""
    noise = published.table.noise
    if noise is None:
        return None
    structure = published.structure
    titles = {measure.id: words.own(measure.title) for measure in structure.measures}
    terms = (*_promise(noise, words), *_noise(noise, titles, words), *_origin(noise, words))
    if noise.band is not None:
        terms = band_terms(noise, noise.band, words)
    presence = None if noise.band is None else loss_curve(noise.band, noise.delta, words)
    notes = tuple(map(words.own, noise.notes))
    anchor = f"noise-{structure.id}"
    return PrivacyStatement(words.own(structure.title), href, anchor, terms, notes, presence=presence)


def _promise(noise: NoiseStatement, words: Words) -> Iterable[Term]:
    say, unit = words.gettext, words.own(noise.unit)
    yield Term(
        say("Who is protected"), say("One %(unit)s: whether it traded at all, and what, stays uncertain.", unit=unit)
    )
    yield Term(
        say("Privacy loss of this table"),
        say("ρ = %(rho)s, under zero-concentrated privacy", rho=fraction_words(noise.rho, words)),
    )
    named = {"epsilon": _epsilon(noise.epsilon, words), "delta": delta_words(noise.delta, words)}
    yield Term(say("The same as ε and δ"), say("ε = %(epsilon)s at δ = %(delta)s, for this table alone", **named))
    if noise.curve:
        yield Term(
            say("The same at other δ"), "", tuple(_point(delta, epsilon, words) for delta, epsilon in noise.curve)
        )
    yield Term(
        say("Privacy loss so far"),
        say(
            "ρ = %(spent)s of at most %(cap)s in the year, all noisy tables together, per %(unit)s",
            spent=fraction_words(noise.spent_rho, words),
            cap=fraction_words(noise.cap_rho, words),
            unit=unit,
        ),
    )
    if noise.lifetime_rho is not None:
        yield Term(say("Over all years"), _lifetime(noise.lifetime_rho, noise.lifetime_cap_rho, words))


def _point(delta: float, epsilon: float, words: Words) -> str:
    named = {"epsilon": _epsilon(epsilon, words), "delta": delta_words(delta, words)}
    return words.gettext("ε = %(epsilon)s at δ = %(delta)s", **named)


def _epsilon(epsilon: float, words: Words) -> str:
    return words.decimal_text(f"{epsilon:,.4f}")


def _lifetime(spent: Fraction, cap: Fraction | None, words: Words) -> str:
    rho = fraction_words(spent, words)
    if cap is None:
        return words.gettext("ρ = %(spent)s so far; there is no limit over all years", spent=rho)
    return words.gettext("ρ = %(spent)s of at most %(cap)s", spent=rho, cap=fraction_words(cap, words))


def _noise(noise: NoiseStatement, titles: dict[str, str], words: Words) -> Iterable[Term]:
    say, sigma = words.gettext, words.decimal_text(f"{noise.sigma:,.4g}")
    yield Term(say("Mechanism"), words.own(noise.mechanism))
    if noise.quantile_scales:
        spread = say("%(number)s, on each count of rows", number=sigma)
    else:
        spread = say("%(number)s, on each measured number", number=sigma)
    yield Term(say("Standard deviation of the noise"), _by_level(noise.sigma_by_level, words) or spread)
    if noise.quantile_scales:
        told = (
            (titles.get(name, name), words.decimal_text(f"{scale:,.4g}")) for name, scale in noise.quantile_scales
        )
        scales = "; ".join(say("%(title)s: %(levels)s", title=title, levels=scale) for title, scale in told)
        yield Term(say("Scale of the draws"), say("%(scales)s, on each candidate's score, in rows", scales=scales))
    bound = words.number(noise.clip)
    if noise.quantile_scales:
        bound = say("%(number)s goods items", number=bound)
    bound = _by_level(noise.clip_by_level, words) or bound
    yield Term(
        say("Contribution bound (clip)"), say("%(bound)s (%(why)s)", bound=bound, why=words.own(noise.clip_choice))
    )


def _by_level(levels: Iterable[tuple[str, float]], words: Words) -> str:
    """ "chapter 12.5; total 40" """
    return "; ".join(f"{level} {words.decimal_text(f'{number:,.4g}')}" for level, number in levels)


def _origin(noise: NoiseStatement, words: Words) -> Iterable[Term]:
    say, measurements = words.gettext, ", ".join(noise.measurements or (noise.measurement,))
    yield Term(
        say("Measurement"),
        say("%(names)s: drawn once; rebuilding this edition does not draw again", names=measurements),
    )
    yield Term(say("Data snapshot"), noise.snapshot)


def delta_words(delta: float, words: Words = ENGLISH) -> str:
    """ "10⁻⁶"; "2.5 · 10⁻⁶" """
    number, exponent = f"{delta:e}".split("e")
    factor = "" if float(number) == 1 else f"{words.decimal_text(f'{float(number):g}')} · "
    return f"{factor}10{str(int(exponent)).translate(_RAISED)}"
