"""What a noisy table says to its reader, from its NoiseStatement (the list in publisher/dp/README.md).

The facts stand here as terms; what they mean is said by the sentences of `notes`, which come with the noise.
"""

from collections.abc import Iterable
from fractions import Fraction

from publisher.model.privacy import NoiseStatement
from publisher.publication.band_terms import band_terms
from publisher.publication.contexts import PrivacyStatement, Term
from publisher.publication.loss_curve import loss_curve
from publisher.publication.numbers import fraction_words, grouped
from publisher.publication.published import Published

RHO = "\N{GREEK SMALL LETTER RHO}"
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def privacy_statement(published: Published, href: str) -> PrivacyStatement | None:
    """None for a table without noise."""
    noise = published.table.noise
    if noise is None:
        return None
    structure = published.structure
    titles = {measure.id: measure.title for measure in structure.measures}
    terms = (*_promise(noise), *_noise(noise, titles), *_origin(noise))
    if noise.band is not None:
        terms = band_terms(noise, noise.band)
    presence = None if noise.band is None else loss_curve(noise.band, noise.delta)
    return PrivacyStatement(structure.title, href, f"noise-{structure.id}", terms, noise.notes, presence=presence)


def _promise(noise: NoiseStatement) -> Iterable[Term]:
    yield Term("Who is protected", f"One {noise.unit}: whether it traded at all, and what, stays uncertain.")
    yield Term("Privacy loss of this table", f"{RHO} = {fraction_words(noise.rho)}, under zero-concentrated privacy")
    promise = f"ε = {noise.epsilon:,.4f} at δ = {delta_words(noise.delta)}, for this table alone"
    yield Term("The same as ε and δ", promise)
    if noise.curve:
        points = tuple(f"ε = {epsilon:,.4f} at δ = {delta_words(delta)}" for delta, epsilon in noise.curve)
        yield Term("The same at other δ", "", points)
    yield Term(
        "Privacy loss so far",
        f"{RHO} = {fraction_words(noise.spent_rho)} of at most {fraction_words(noise.cap_rho)} in the year, "
        f"all noisy tables together, per {noise.unit}",
    )
    if noise.lifetime_rho is not None:
        yield Term("Over all years", f"{RHO} = {fraction_words(noise.lifetime_rho)} {_limit(noise.lifetime_cap_rho)}")


def _limit(cap: Fraction | None) -> str:
    return "so far; there is no limit over all years" if cap is None else f"of at most {fraction_words(cap)}"


def _noise(noise: NoiseStatement, titles: dict[str, str]) -> Iterable[Term]:
    yield Term("Mechanism", noise.mechanism)
    counted = "on each count of rows" if noise.quantile_scales else "on each measured number"
    yield Term("Standard deviation of the noise", _by_level(noise.sigma_by_level, f"{noise.sigma:,.4g}, {counted}"))
    if noise.quantile_scales:
        scales = "; ".join(f"{titles.get(name, name)}: {scale:,.4g}" for name, scale in noise.quantile_scales)
        yield Term("Scale of the draws", f"{scales}, on each candidate's score, in rows")
    bound = f"{grouped(noise.clip)} goods items" if noise.quantile_scales else grouped(noise.clip)
    yield Term("Contribution bound (clip)", f"{_by_level(noise.clip_by_level, bound)} ({noise.clip_choice})")


def _by_level(levels: Iterable[tuple[str, float]], otherwise: str) -> str:
    """ "chapter 12.5; total 40" """
    return "; ".join(f"{level} {number:,.4g}" for level, number in levels) or otherwise


def _origin(noise: NoiseStatement) -> Iterable[Term]:
    measurements = ", ".join(noise.measurements or (noise.measurement,))
    yield Term("Measurement", f"{measurements}: drawn once; rebuilding this edition does not draw again")
    yield Term("Data snapshot", noise.snapshot)


def delta_words(delta: float) -> str:
    """ "10⁻⁶"; "2.5 · 10⁻⁶" """
    number, exponent = f"{delta:e}".split("e")
    factor = "" if float(number) == 1 else f"{float(number):g} · "
    return f"{factor}10{str(int(exponent)).translate(_RAISED)}"
