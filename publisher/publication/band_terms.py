"""What a table of values within a band says to its reader: another promise than that of counts."""

from publisher.model.band import BandStatement
from publisher.model.privacy import NoiseStatement
from publisher.publication.contexts import Term
from publisher.publication.numbers import fraction_words, grouped

RHO = "\N{GREEK SMALL LETTER RHO}"


def band_terms(noise: NoiseStatement, band: BandStatement) -> tuple[Term, ...]:
    return (
        Term("What is protected", f"The {noise.unit}: two values whose square roots differ by at most c."),
        Term(
            "What is not protected",
            "Whether a company with a large value is there at all: the larger its value, the surer its presence "
            "can be told. The curve below says by how much. The list of rows and what is covered are public.",
        ),
        Term("Mechanism", noise.mechanism),
        Term("Band c", f"{grouped(band.c)}, of the square root of a value in {band.measure_unit}"),
        Term("Blur a", f"{grouped(band.a)} {band.measure_unit}: makes small companies harder to notice"),
        Term("Standard deviation of the noise", f"{noise.sigma:,.4g}, on the square root of each finest cell"),
        Term("Contribution bound (clip)", f"None: {noise.clip_choice}."),
        Term("Privacy loss within the band", f"{RHO} = {fraction_words(noise.rho)}, under zero-concentrated privacy"),
        Term("The same as ε and δ", f"ε = {noise.epsilon:,.4g} at δ = {noise.delta:.3g}, for this table alone"),
        Term(
            "Privacy loss so far",
            f"{RHO} = {fraction_words(noise.spent_rho)} of at most {fraction_words(noise.cap_rho)}, all tables "
            "of this measure together; apart from the account of counts",
        ),
        Term(
            "Interval",
            "In at least 95 of 100 cases the number before noise lies inside it. It is not a sampling error. "
            "The larger the figure, the wider it is, but the narrower in percent.",
        ),
        Term("Oddities", "Numbers near zero are mostly noise. Figures end in zeros: finer digits would be noise."),
        Term("Measurement", f"{noise.measurement}: drawn once; rebuilding this edition does not draw again"),
        Term("Data snapshot", noise.snapshot),
    )
