"""The words that stand in charts, as whole sentences with named places. Another language is another `Wording`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from publisher.publication.chart.scale import Scale
from publisher.publication.chart.signs import GONE
from publisher.publication.display import short_name

LISTED = 8  # names in a sentence; the table has them all


@dataclass(frozen=True)
class Counted:
    """A sentence for one and for many; `{count}` stands in it."""

    one: str
    many: str


@dataclass(frozen=True)
class Wording:
    """`singular` says whether a count takes `Counted.one`. `scales`: power of ten -> a unit's name at that scale."""

    decimal_mark: str = "."
    minus: str = "\N{MINUS SIGN}"
    singular: Callable[[int], bool] = lambda count: count == 1
    scales: tuple[tuple[int, str], ...] = (
        (10**12, "trillion {unit}"),
        (10**9, "billion {unit}"),
        (10**6, "million {unit}"),
        (10**3, "thousand {unit}"),
    )
    plain: str = "{unit}"
    share: str = "{share} %"
    share_noisy: str = "≈ {share} %"
    not_shown: str = "not shown"
    listed: str = "{name} ({code})"
    listed_more: Counted = Counted("and one more", "and {count} more")
    periods_hidden: Counted = Counted("{gone} One period is not shown.", "{gone} {count} periods are not shown.")
    series_hidden: Counted = Counted(
        "{gone} {series}: one period is not shown.",
        "{gone} {series}: {count} periods are not shown.",
    )
    periods_absent: Counted = Counted("There is no figure for one period.", "There is no figure for {count} periods.")
    interval: str = "The band, or the upright line, is the 95 % interval of a figure with noise."
    bar_interval: str = "The thin line on a bar is the 95 % interval of a figure with noise."
    nothing: str = "There is no figure to draw."
    of_shown: str = "Areas and shares are of the figures shown."
    parts_hidden: Counted = Counted(
        "One part is not shown and has no area: {names}.",
        "{count} parts are not shown and have no area: {names}.",
    )
    parts_below: Counted = Counted(
        "One part is zero or less and has no area: {names}.",
        "{count} parts are zero or less and have no area: {names}.",
    )
    parts_noisy: str = "Noise was added to the figures, so the areas are not exact."
    rest: Counted = Counted("one smaller", "{count} smaller")
    up_much: str = "more than {many} % up"
    up: str = "{percent} to {many} % up"
    flat: str = "within {percent} %"
    down: str = "{percent} to {many} % down"
    down_much: str = "more than {many} % down"
    within_noise: str = "within the noise"
    growth_hidden: str = "not shown"
    growth_undefined: str = "from about zero"
    tile_full: str = "A full tile stands for {value} or more, and each step below for a tenth of the step above."
    tile_noisy: str = "Noise was added to the figures, so a tile may stand a step too high or too low."
    tile_gone: Counted = Counted("{gone} One place is not shown.", "{gone} {count} places are not shown.")
    tile_off: str = "Not on the grid: {names}."

    def counted(self, sentence: Counted, count: int, **named: str) -> str:
        text = sentence.one if self.singular(count) else sentence.many
        return text.format(count=count, gone=GONE, **named)

    def number(self, value: Fraction) -> str:
        """-25/2 -> "-12.5" with a true minus, 120 -> "120"; at most four decimals."""
        decimals = next((d for d in range(4) if (value * 10**d).denominator == 1), 4)
        digits = str(abs(round(value * 10**decimals))).rjust(decimals + 1, "0")
        head, tail = digits[: len(digits) - decimals], digits[len(digits) - decimals :]
        return (self.minus if value < 0 else "") + (f"{head}{self.decimal_mark}{tail}" if tail else head)

    def axis(self, scale: Scale, unit: str) -> tuple[str, tuple[str, ...]]:
        """The unit of an axis in words, and its ticks in that unit: numbers of few digits."""
        most = max(abs(scale.low), abs(scale.high))
        power, words = next(((p, w) for p, w in self.scales if most >= max(p, 10**4)), (1, self.plain))
        return words.format(unit=unit), tuple(self.number(tick / power) for tick in scale.ticks)

    def amount(self, value: Fraction, unit: str) -> str:
        """ "10 billion KRW", exactly."""
        power, words = next(((p, w) for p, w in self.scales if value >= p), (1, self.plain))
        return f"{self.number(value / power)} {words.format(unit=unit)}"

    def names(self, parts: Sequence[tuple[str, str]]) -> str:
        """ "Germany (DE), France (FR) and 7 more" from (name, code)."""
        first = ", ".join(self.listed.format(name=short_name(name, 40), code=code) for name, code in parts[:LISTED])
        rest = len(parts) - LISTED
        return first if rest <= 0 else f"{first} {self.counted(self.listed_more, rest)}"


ENGLISH = Wording()
