"""Numbers as people read them. Exact integers in, text out."""

from fractions import Fraction

from publisher.model.structure import Measure

MINUS = "\N{MINUS SIGN}"
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"))


def grouped(whole: int, decimals: int = 0) -> str:
    """1234567 -> "1,234,567"; with decimals=3 -> "1,234.567". A true minus sign, no rounding."""
    sign, digits = (MINUS if whole < 0 else ""), str(abs(whole)).rjust(decimals + 1, "0")
    head = f"{int(digits[: len(digits) - decimals]):,}"
    return f"{sign}{head}.{digits[-decimals:]}" if decimals else sign + head


def in_words(whole: int, measure: Measure) -> str:
    """ "KRW 189.7 billion", "1.2 million tonnes", "4,321 traders": rounded half-even, for sentences only."""
    amount, unit = Fraction(whole, 10**measure.decimals), measure.unit
    if unit == "kg" and abs(amount) >= 1000:
        amount, unit = amount / 1000, "tonnes"
    number = _rounded(amount)
    if len(unit) == 3 and unit.isupper():
        return f"{unit} {number}"
    return f"{number} {unit}".rstrip() if unit != "1" else number


def _rounded(amount: Fraction) -> str:
    for scale, word in _SCALES:
        if abs(amount) >= scale:
            return f"{grouped(round(amount * 10 / scale), 1)} {word}"
    return grouped(round(amount))


def share(part: int, whole: int) -> str:
    """ "22.8 %" """
    return f"{grouped(round(Fraction(part * 1000, whole)), 1)} %"


def size_words(size_bytes: int) -> str:
    """ "1.2 MB" """
    for scale, unit in ((10**9, "GB"), (10**6, "MB"), (10**3, "kB")):
        if size_bytes >= scale:
            return f"{grouped(round(Fraction(size_bytes * 10, scale)), 1)} {unit}"
    return f"{size_bytes} bytes"


def fraction_words(value: Fraction) -> str:
    """ "1/20 (0.05)"; a whole number stays bare."""
    return str(value) if value.denominator == 1 else f"{value} ({float(value):.4g})"
