"""Numbers as people read them. Exact integers in, text out."""

from fractions import Fraction
from typing import Protocol

from publisher.publication.words.catalogue import ENGLISH
from publisher.publication.words.words import MINUS, Words

__all__ = ["MINUS", "bare_words", "fraction_words", "grouped", "in_words", "power_words", "share", "size_words"]


FIVE_DIGITS = 99_999  # the audit asks of six digits whether they are a figure that is published


class Counted(Protocol):
    """What is known of a number's unit."""

    @property
    def unit(self) -> str: ...

    @property
    def decimals(self) -> int: ...


def grouped(whole: int, decimals: int = 0, words: Words = ENGLISH) -> str:
    """1234567 -> "1,234,567"; with decimals=3 -> "1,234.567". A true minus sign, no rounding."""
    return words.number(whole, decimals)


def in_words(whole: int, measure: Counted, words: Words = ENGLISH) -> str:
    """ "KRW 189.7 billion", "1.2 million tonnes", "4,321 traders": rounded half-even, for sentences only."""
    amount, unit = Fraction(whole, 10**measure.decimals), measure.unit
    if unit == "kg" and abs(amount) >= 1000:
        return _tonnes(amount / 1000, words)
    if len(unit) == 3 and unit.isupper():
        return _money(amount, unit, words)
    if unit in ("1", ""):
        return _scaled(amount, words)
    return words.gettext("%(number)s %(unit)s", number=_scaled(amount, words), unit=words.own(unit))


def bare_words(whole: int, measure: Counted, words: Words = ENGLISH) -> str:
    """in_words() without a unit that is a word: "4,321" traders, but "KRW 189.7 billion"."""
    if measure.unit == "kg" or (len(measure.unit) == 3 and measure.unit.isupper()):
        return in_words(whole, measure, words)
    return _scaled(Fraction(whole, 10**measure.decimals), words)


def _split(amount: Fraction, words: Words) -> tuple[str, int, int]:
    """The digits, the power of ten that they count, and the whole part of them, which decides the plural."""
    if not words.has_trillions and 10**12 <= abs(amount) < FIVE_DIGITS * 10**9:
        billions = round(amount / 10**9)
        return words.number(billions), 9, abs(billions)
    for power in (12, 9, 6):
        if abs(amount) >= 10**power:
            tenths = round(amount * 10 / 10**power)
            return words.number(tenths, 1), power, abs(tenths) // 10
    return words.number(round(amount)), 0, abs(round(amount))


def _scaled(amount: Fraction, words: Words) -> str:
    number, power, whole = _split(amount, words)
    return power_words(number, power, whole, words)


def power_words(number: str, power: int, whole: int, words: Words) -> str:
    """ "1.9 billion": `number` counts 10**power (12, 9, 6 or 3; else it stands alone), `whole` decides the plural."""
    plural = words.ngettext
    match power:
        case 12:
            return plural("%(number)s trillion", "%(number)s trillion", whole, number=number)
        case 9:
            return plural("%(number)s billion", "%(number)s billion", whole, number=number)
        case 6:
            return plural("%(number)s million", "%(number)s million", whole, number=number)
        case 3:
            return plural("%(number)s thousand", "%(number)s thousand", whole, number=number)
    return number


def _tonnes(amount: Fraction, words: Words) -> str:
    number, power, whole = _split(amount, words)
    plural = words.ngettext
    match power:
        case 12:
            return plural("%(number)s trillion tonnes", "%(number)s trillion tonnes", whole, number=number)
        case 9:
            return plural("%(number)s billion tonnes", "%(number)s billion tonnes", whole, number=number)
        case 6:
            return plural("%(number)s million tonnes", "%(number)s million tonnes", whole, number=number)
    return plural("%(number)s tonnes", "%(number)s tonnes", whole, number=number)


def _money(amount: Fraction, unit: str, words: Words) -> str:
    number, power, whole = _split(amount, words)
    plural, named = words.ngettext, {"number": number, "unit": unit}
    match power:
        case 12:
            return plural("%(unit)s %(number)s trillion", "%(unit)s %(number)s trillion", whole, **named)
        case 9:
            return plural("%(unit)s %(number)s billion", "%(unit)s %(number)s billion", whole, **named)
        case 6:
            return plural("%(unit)s %(number)s million", "%(unit)s %(number)s million", whole, **named)
    return words.gettext("%(unit)s %(number)s", **named)


def share(part: int, whole: int, words: Words = ENGLISH) -> str:
    """ "22.8 %" """
    return words.share(part, whole)


def size_words(size_bytes: int, words: Words = ENGLISH) -> str:
    """ "1.2 MB" """

    def tenths(scale: int) -> str:
        return words.number(round(Fraction(size_bytes * 10, scale)), 1)

    if size_bytes >= 10**9:
        return words.gettext("%(number)s GB", number=tenths(10**9))
    if size_bytes >= 10**6:
        return words.gettext("%(number)s MB", number=tenths(10**6))
    if size_bytes >= 10**3:
        return words.gettext("%(number)s kB", number=tenths(10**3))
    return words.gettext("%(number)s bytes", number=size_bytes)


def fraction_words(value: Fraction, words: Words = ENGLISH) -> str:
    """ "1/20 (0.05)"; a whole number stays bare."""
    if value.denominator == 1:
        return str(value)
    return f"{value} ({words.decimal_text(f'{float(value):.4g}')})"
