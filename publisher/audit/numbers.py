"""Numbers of six or more digits, in whatever way a text writes them."""

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

DIGITS = 6
_SPACES = "\u0020\u00a0\u2009\u202f'\u2019_"
_DIGEST = re.compile(r"\b[0-9a-fA-F]{32,}\b|[A-Za-z0-9+/]{80,}={0,2}")
_RUN = re.compile(r"[A-Za-z0-9+/]{32}")  # no digest is shorter
# A whole number, perhaps with decimals. The tail of a grouped number ("234.567" in "1,234.567") is no number.
# Every pattern begins with a digit, so that the search can skip to one; what stands before it is looked at after.
_TAIL = rf"(?!(?<=[0-9][,{_SPACES}][0-9])(?<![0-9]{{4}}[,{_SPACES}][0-9])[0-9]{{2}}\.[0-9])"
# Nor is the tail of one that is grouped by a character that joins digits ("234,567" in "1\u202f234,567"). A plain
# space may stand between two numbers, and behind four digits in a row nothing is grouped.
_JOINED = "\u00a0\u2009\u202f'\u2019_"
_COMMA_TAIL = rf"(?!(?<=[0-9][{_JOINED}][0-9])(?<![0-9]{{4}}[{_JOINED}][0-9])[0-9]{{2}},[0-9])"
_LONG = r"(?=[0-9.eE+-]{3})"
_PLAIN = re.compile(rf"[0-9](?<![0-9.][0-9]){_LONG}{_TAIL}[0-9]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{{1,3}})?(?!\.?[0-9])")
_SPACED = re.compile(
    rf"[0-9](?<![0-9.][0-9])[0-9]{{0,2}}(?:([{_SPACES}])[0-9]{{3}})(?:\1[0-9]{{3}})*(?:[.,][0-9]+)?(?![0-9])"
)
_COMMAS = re.compile(rf"[0-9](?<![0-9,.\[:][0-9]){_COMMA_TAIL}[0-9]{{0,2}}(?:,[0-9]{{3}})+(?:\.[0-9]+)?(?![0-9,\]])")
_DOTS = re.compile(r"[0-9](?<![0-9,.][0-9])[0-9]{0,2}(?:\.[0-9]{3}){2,}(?:,[0-9]+)?(?![0-9.])")
_DECIMAL_COMMA = re.compile(rf"[0-9](?<![0-9,.\[:][0-9]){_COMMA_TAIL}[0-9]*,[0-9]+(?![0-9,.\]])")


def canonical(number: str) -> str | None:
    """Without sign, exponent, leading or trailing zeros; None where it is written with fewer than six digits.

    Round numbers with one non-zero digit, such as 1000000, stand in every script as constants: they are not
    looked for.
    """
    try:
        plain = format(Decimal(number), "f") if "e" in number or "E" in number else number
    except InvalidOperation:
        return None
    plain = plain.lstrip("+-0")
    digits = plain.replace(".", "")
    if len(digits) < DIGITS or len(digits.replace("0", "")) < 2:
        return None
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def forms(whole: int, decimals: int) -> Iterator[str]:
    """A measure's value as whole units and as a decimal number, canonical. Nothing below six digits."""
    shifted = format(Decimal(abs(whole)).scaleb(-decimals), "f")
    for number in {str(abs(whole)), shifted}:
        telling = canonical(number)
        if telling is not None:
            yield telling


def numbers(text: str) -> set[str]:
    """All telling numbers of a text, canonical. Digests and long base64 runs are left out."""
    if _RUN.search(text):
        text = _DIGEST.sub(" ", text)
    found = [match[0] for match in _PLAIN.finditer(text) if len(match[0]) >= DIGITS - 2]
    for match in _SPACED.finditer(text):
        found.append(re.sub(rf"[{_SPACES}]", "", match[0]).replace(",", "."))
    found += [match[0].replace(",", "") for match in _COMMAS.finditer(text)]
    found += [match[0].replace(".", "").replace(",", ".") for match in _DOTS.finditer(text)]
    found += [match[0].replace(",", ".") for match in _DECIMAL_COMMA.finditer(text)]
    return {number for number in map(canonical, set(found)) if number is not None}
