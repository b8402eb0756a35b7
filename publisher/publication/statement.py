"""What a noisy table says to its reader, from its NoiseStatement (the list in publisher/dp/README.md)."""

from publisher.model.privacy import NoiseStatement
from publisher.publication.band_terms import band_terms
from publisher.publication.contexts import PrivacyStatement, Term
from publisher.publication.loss_curve import loss_curve
from publisher.publication.numbers import fraction_words, grouped
from publisher.publication.published import Published

RHO = "\N{GREEK SMALL LETTER RHO}"


def privacy_statement(published: Published, href: str) -> PrivacyStatement | None:
    """None for a table without noise."""
    noise = published.table.noise
    if noise is None:
        return None
    structure = published.structure
    terms = _terms(noise) if noise.band is None else band_terms(noise, noise.band)
    presence = None if noise.band is None else loss_curve(noise.band, noise.delta)
    return PrivacyStatement(structure.title, href, f"noise-{structure.id}", terms, noise.notes, presence=presence)


def _terms(noise: NoiseStatement) -> tuple[Term, ...]:
    measurements = noise.measurements or (noise.measurement,)
    return (
        Term("Who is protected", f"One {noise.unit}: whether it traded at all, and what, stays uncertain."),
        Term(
            "What is not protected",
            "The list of rows and what the table covers are public. Tables without noise follow other rules.",
        ),
        Term("Mechanism", noise.mechanism),
        Term("Standard deviation of the noise", f"{noise.sigma:,.4g}, on each measured number"),
        Term(
            "Contribution bound (clip)",
            f"{grouped(noise.clip)} ({noise.clip_choice}). What one contributor adds beyond it is scaled "
            "down, which makes the numbers too small on average. The interval does not cover this.",
        ),
        Term("Privacy loss of this table", f"{RHO} = {fraction_words(noise.rho)}, under zero-concentrated privacy"),
        Term("The same as ε and δ", f"ε = {noise.epsilon:,.4g} at δ = {noise.delta:.3g}, for this table alone"),
        Term(
            "Privacy loss so far",
            f"{RHO} = {fraction_words(noise.spent_rho)} of at most {fraction_words(noise.cap_rho)}, "
            f"all noisy tables together, per {noise.unit}",
        ),
        Term(
            "Interval",
            "In 95 of 100 cases the number before noise lies inside it. It is not a sampling error.",
        ),
        Term(
            "Oddities",
            "Noise can make numbers zero or negative, and parts need not add up to totals. They are not errors.",
        ),
        Term("Measurement", f"{', '.join(measurements)}: drawn once; rebuilding this edition does not draw again"),
        Term("Data snapshot", noise.snapshot),
    )
