"""Numbers, units and names in charts. Axes count in thousands, millions, ..., so that ticks are short."""

from collections.abc import Sequence
from fractions import Fraction

from publisher.publication.chart.scale import Scale
from publisher.publication.numbers import power_words
from publisher.publication.tables.display import short_name
from publisher.publication.words import ENGLISH, Words

LISTED = 8  # names in a sentence; the table has them all
_POWERS = (12, 9, 6, 3)


def number(value: Fraction, words: Words = ENGLISH) -> str:
    """-25/2 -> "-12.5" with a true minus, 120 -> "120"; at most four decimals."""
    decimals = next((d for d in range(4) if (value * 10**d).denominator == 1), 4)
    return words.number(round(value * 10**decimals), decimals)


def axis(scale: Scale, unit: str, words: Words = ENGLISH) -> tuple[str, tuple[str, ...]]:
    """The unit of an axis in words, and its ticks in that unit: numbers of few digits."""
    most = max(abs(scale.low), abs(scale.high))
    power = next((power for power in _POWERS if most >= max(10**power, 10**4)), 0)
    return _counted_in(power, unit, words), tuple(number(tick / 10**power, words) for tick in scale.ticks)


def _counted_in(power: int, unit: str, words: Words) -> str:
    say = words.gettext
    match power:
        case 12:
            return say("trillion %(unit)s", unit=unit) if unit else say("trillions")
        case 9:
            return say("billion %(unit)s", unit=unit) if unit else say("billions")
        case 6:
            return say("million %(unit)s", unit=unit) if unit else say("millions")
        case 3:
            return say("thousand %(unit)s", unit=unit) if unit else say("thousands")
    return unit


def amount(value: Fraction, unit: str, words: Words = ENGLISH) -> str:
    """ "10 billion KRW", exactly."""
    power = next((power for power in _POWERS if value >= 10**power), 0)
    whole, written = int(value // 10**power), number(value / 10**power, words)
    if unit:
        return _of_unit(power, whole, {"number": written, "unit": unit}, words)
    return power_words(written, power, whole, words)


def _of_unit(power: int, whole: int, named: dict[str, str], words: Words) -> str:
    plural = words.ngettext
    match power:
        case 12:
            return plural("%(number)s trillion %(unit)s", "%(number)s trillion %(unit)s", whole, **named)
        case 9:
            return plural("%(number)s billion %(unit)s", "%(number)s billion %(unit)s", whole, **named)
        case 6:
            return plural("%(number)s million %(unit)s", "%(number)s million %(unit)s", whole, **named)
        case 3:
            return plural("%(number)s thousand %(unit)s", "%(number)s thousand %(unit)s", whole, **named)
    return words.gettext("%(number)s %(unit)s", **named)


def named(name: str, code: str, words: Words = ENGLISH) -> str:
    """ "Germany (DE)" """
    return words.gettext("%(name)s (%(code)s)", name=name, code=code)


def names(parts: Sequence[tuple[str, str]], words: Words = ENGLISH) -> str:
    """ "Germany (DE), France (FR) and 7 more" from (name, code)."""
    first = ", ".join(named(short_name(name, 40), code, words) for name, code in parts[:LISTED])
    rest = len(parts) - LISTED
    if rest <= 0:
        return first
    return words.ngettext("%(names)s and one more", "%(names)s and %(count)s more", rest, names=first)
