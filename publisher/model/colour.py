"""Colours of the office, and whether text on them can be read: WCAG 2.2, 1.4.3 and its contrast ratio."""

import re

READABLE = 4.5  # of text to its ground, level AA
WHITE = "#ffffff"
_HEX = re.compile(r"#[0-9a-f]{6}")


def readable_below_white(colour: str) -> str:
    """The colour, in lower case. Raises ValueError where it is none, or white text on it would be hard to read."""
    lower = colour.lower()
    if not _HEX.fullmatch(lower):
        raise ValueError("is no colour: write six hexadecimal digits, such as #0c3550")
    ratio = contrast(lower, WHITE)
    if ratio < READABLE:
        shown = int(ratio * 100) / 100  # cut, not rounded: 4.499 is not 4.50
        raise ValueError(
            f"has a contrast of {shown:.2f} to the white text on it, and {READABLE} is required: take a darker colour"
        )
    return lower


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black and white)."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def parts(colour: str) -> tuple[int, int, int]:
    """ "#0c3550" -> (12, 53, 80)"""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
