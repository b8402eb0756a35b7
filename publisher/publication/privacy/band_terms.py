"""What a table of values within a band says to its reader: another promise than that of counts."""

from collections.abc import Iterable

from publisher.model.band import BandStatement
from publisher.model.privacy import NoiseStatement
from publisher.publication.contexts import Term
from publisher.publication.numbers import fraction_words
from publisher.publication.words import ENGLISH, Words


def band_terms(noise: NoiseStatement, band: BandStatement, words: Words = ENGLISH) -> tuple[Term, ...]:
    return (*_promised(noise, band, words), *_loss(noise, words), *_reading(noise, words))


def _promised(noise: NoiseStatement, band: BandStatement, words: Words) -> Iterable[Term]:
    say, unit = words.gettext, words.own(band.measure_unit)
    yield Term(
        say("What is protected"),
        say("The %(unit)s: two values whose square roots differ by at most c.", unit=words.own(noise.unit)),
    )
    yield Term(
        say("What is not protected"),
        say(
            "Whether a company with a large value is there at all: the larger its value, the surer its presence "
            "can be told. The curve below says by how much. The list of rows and what is covered are public."
        ),
    )
    yield Term(say("Mechanism"), words.own(noise.mechanism))
    yield Term(
        say("Band c"),
        say("%(number)s, of the square root of a value in %(unit)s", number=words.number(band.c), unit=unit),
    )
    yield Term(
        say("Blur a"),
        say("%(number)s %(unit)s: makes small companies harder to notice", number=words.number(band.a), unit=unit),
    )
    yield Term(
        say("Standard deviation of the noise"),
        say("%(number)s, on the square root of each finest cell", number=words.decimal_text(f"{noise.sigma:,.4g}")),
    )
    yield Term(say("Contribution bound (clip)"), say("None: %(choice)s.", choice=words.own(noise.clip_choice)))


def _loss(noise: NoiseStatement, words: Words) -> Iterable[Term]:
    say = words.gettext
    yield Term(
        say("Privacy loss within the band"),
        say("ρ = %(rho)s, under zero-concentrated privacy", rho=fraction_words(noise.rho, words)),
    )
    yield Term(
        say("The same as ε and δ"),
        say(
            "ε = %(epsilon)s at δ = %(delta)s, for this table alone",
            epsilon=words.decimal_text(f"{noise.epsilon:,.4g}"),
            delta=words.decimal_text(f"{noise.delta:.3g}"),
        ),
    )
    yield Term(
        say("Privacy loss so far"),
        say(
            "ρ = %(spent)s of at most %(cap)s, all tables of this measure together; apart from the account of counts",
            spent=fraction_words(noise.spent_rho, words),
            cap=fraction_words(noise.cap_rho, words),
        ),
    )


def _reading(noise: NoiseStatement, words: Words) -> Iterable[Term]:
    say = words.gettext
    yield Term(
        say("Interval"),
        say(
            "In at least 95 of 100 cases the number before noise lies inside it. It is not a sampling error. "
            "The larger the figure, the wider it is, but the narrower in percent."
        ),
    )
    yield Term(
        say("Oddities"),
        say("Numbers near zero are mostly noise. Figures end in zeros: finer digits would be noise."),
    )
    yield Term(
        say("Measurement"),
        say("%(names)s: drawn once; rebuilding this edition does not draw again", names=noise.measurement),
    )
    yield Term(say("Data snapshot"), noise.snapshot)
