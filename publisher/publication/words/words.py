"""Words: one language. It is handed to whoever builds a sentence; there is no current language anywhere.

A message is a whole English sentence with named places, "%(count)s rows", as gettext has it; a per cent sign is %%.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from publisher.publication.words.months import against_period, in_period, month_names, quarter_message, split_period
from publisher.publication.words.patterns import Pattern, filled, patterns

MINUS = "\N{MINUS SIGN}"
CAPITAL_NOUNS = ("de", "lb")
NO_WORD_FOR_10_12 = ("fr",)  # 1 300 milliards: a "billion" would be taken for 10**9


class Untranslated(str):
    """An English text of the office, or a name of a codelist, that the page's language has no words for."""

    __slots__ = ()


@dataclass(frozen=True, eq=False)
class Words:
    """One language. `messages` maps English to the forms of its translation, one a plural form; `plural` picks the
    form for a count; `own_texts` maps English texts of the office. English itself has no messages.

    `names` maps a codelist and a code to the name in this language, `said_names` to the name as a sentence has it.
    """

    language: str
    endonym: str
    thousands: str = ","
    decimal: str = "."
    messages: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    plural: Callable[[int], int] = lambda count: int(count != 1)
    own_texts: Mapping[str, str] = field(default_factory=dict, repr=False)
    names: Callable[[str, str, str], str | None] = lambda codelist, code, english: english
    said_names: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)

    def translate(self, message: str) -> str:
        """The message with its places unfilled; itself where there is no translation."""
        return self.messages.get(message, (message,))[0]

    def translate_plural(self, one: str, many: str, count: int) -> str:
        forms = self.messages.get(one, (one, many))
        return forms[min(self.plural(count), len(forms) - 1)]

    def gettext(self, message: str, /, **named: object) -> str:
        """The message with its places filled."""
        return self.translate(message) % named

    def ngettext(self, one: str, many: str, amount: int, /, **named: object) -> str:
        """The form for `amount`, which fills the place `count` unless another text is given for it."""
        return self.translate_plural(one, many, amount) % {"count": self.number(amount), **named}

    def own(self, text: str) -> str:
        """A text of the office: translated, or marked as English."""
        if self.language == "en" or not text:
            return text
        told = self.own_texts.get(text) or filled(self._patterns, text, self._own_or_same, self.decimal_text)
        return told or Untranslated(text)

    def _own_or_same(self, text: str) -> str:
        return self.own_texts.get(text, text)

    @cached_property
    def _patterns(self) -> Sequence[Pattern]:
        return patterns(self.own_texts)

    def code_name(self, codelist: str, code: str, english: str) -> str:
        """The name of a code: translated, or marked as English."""
        if self.language == "en":
            return english
        return self.names(codelist, code, english) or Untranslated(english)

    def said_name(self, codelist: str, code: str, name: str) -> str:
        """A code inside a sentence: "the United States", "road vehicles"; else its `name` in quotation marks, which
        stands as a label in any sentence."""
        return self.said_names.get((codelist, code)) or self.gettext("“%(name)s”", name=name)

    def inside(self, title: str) -> str:
        """A title inside a sentence: with a small letter, where nouns have one and it is no abbreviation."""
        if self.language in CAPITAL_NOUNS or title[1:2].isupper():
            return title
        return title[:1].lower() + title[1:]

    def number(self, whole: int, decimals: int = 0) -> str:
        """1234567 -> "1,234,567"; with decimals=3 -> "1,234.567". A true minus sign, no rounding."""
        sign, digits = (MINUS if whole < 0 else ""), str(abs(whole)).rjust(decimals + 1, "0")
        head = f"{int(digits[: len(digits) - decimals]):,}".replace(",", self.thousands)
        return f"{sign}{head}{self.decimal}{digits[-decimals:]}" if decimals else sign + head

    def decimal_text(self, text: str) -> str:
        """A number that Python formatted ("1,234.5", "0.02"), with the separators of this language."""
        return text.translate(str.maketrans(",.", self.thousands + self.decimal))

    def percent(self, tenths: int) -> str:
        """228 -> "22.8 %"."""
        return self.gettext("%(number)s %%", number=self.number(tenths, 1))

    def share(self, part: int, whole: int) -> str:
        """ "22.8 %"; "less than 0.1 %" of what would be printed as nothing"""
        tenths = round(Fraction(part * 1000, whole))
        if part and not tenths:
            return self.gettext("less than %(share)s", share=self.percent(1))
        return self.percent(tenths)

    def period(self, period: str) -> str:
        """ "2021-03" -> "March 2021", "2021-Q1" -> "first quarter of 2021"; any other notation stays as it is."""
        if period not in self._periods:
            year, month, quarter = split_period(period)
            text = quarter_message(self.gettext, quarter, year) if quarter else period
            if month:
                text = self.gettext("%(month)s %(year)s", month=month_names(self.gettext)[month - 1], year=year)
            self._periods[period] = text
        return self._periods[period]

    @property
    def has_trillions(self) -> bool:
        return self.language not in NO_WORD_FOR_10_12

    def in_period(self, period: str) -> str:
        """ "in March 2021" """
        return in_period(self.gettext, period)

    def against(self, period: str, now: str) -> str:
        """ "on February 2021"; "on a year earlier" where `now` is a year later."""
        return against_period(self.gettext, period, now)

    @cached_property
    def _periods(self) -> dict[str, str]:
        """Those that were asked for: a page of profiles asks for the same ones some hundred times."""
        return {}

    def moment(self, when: datetime) -> str:
        """ "15 April 2021, 09:30 (Asia/Seoul)" """
        return self.ngettext(
            "1 %(month)s, %(clock)s (%(zone)s)",
            "%(count)s %(month)s, %(clock)s (%(zone)s)",
            when.day,
            month=self.period(f"{when:%Y-%m}"),
            clock=f"{when:%H:%M}",
            zone=when.tzinfo,
        )
