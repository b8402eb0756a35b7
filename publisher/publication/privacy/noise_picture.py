"""Two pictures of what noise does, for the methodology pages: invented numbers, drawn once and shipped as they are.

Nothing is drawn at random when a page is made, so each build has the same bytes, and no generator stands near the
noise that protects anyone. The draws are of standard deviation 10, rounded; they were picked among others such that,
as is to be expected, 5 of the first 100 lie more than 20 away.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cache

from publisher.publication.words import ENGLISH, Words

TRUE, COMPANY, MARGIN, SEEN = 120, 4, 20, 131  # COMPANY: what one company adds at most
_FIRST = """
17 10 11 -10 -6 -8 -17 -4 9 2 -2 -15 18 -15 11 -8 2 1 -8 -7 -16 -10 -1 0 7 13 -20 -3 -2 22 -4 3 9 1 -8 -1 4 -1 -11 10
-5 8 -5 23 6 -6 6 4 -18 -10 8 -22 15 11 5 11 -4 -7 2 13 1 -13 -5 7 -21 19 -3 9 17 3 -8 1 -3 -1 11 4 0 8 6 -6 10 -19
-11 0 -11 -7 -4 -1 2 -6 -9 -3 18 -9 1 -24 -2 -6 -10 9
"""
_SECOND = """
0 -3 -7 -7 -8 9 11 -17 3 11 -2 -9 0 9 -7 -9 11 -1 -17 -12 -11 9 9 -2 8 -4 4 16 -12 -9 16 6 16 -6 -16 13 -4 -11 -9 16
12 -26 4 13 8 -3 -7 12 14 -10 -10 10 -1 12 13 1 -8 0 -15 -6 -5 -1 16 -6 -1 4 5 2 -13 16 -1 -12 -8 -6 4 -10 2 2 21 1
-18 4 -16 -4 -3 13 -11 -20 6 -10 12 0 3 5 3 -2 -2 18 12 -6
"""
_STEP, _LEFT = 44, 36  # panel of margins: tenths of a unit from draw to draw, and before the first
_PER_UNIT, _MIDDLE = 2, 112  # pixels a unit, and where the true number lies
_BIN, _WIDE, _LOWEST, _HIGH, _GROUND, _NEXT = 4, 24, 92, 5, 96, 136  # panel of two piles


@dataclass(frozen=True)
class Whisker:
    """One drawn figure with its margin. `missed`: the margin does not reach the true number."""

    x: str
    y: int
    top: int
    bottom: int
    missed: bool


@dataclass(frozen=True)
class Pile:
    """How often each figure was drawn: (x, y, height) of its columns; `top` is how far down the pile stands."""

    name: str
    top: int
    true: int
    least: int
    most: int
    true_x: int
    columns: tuple[tuple[int, int, int], ...]
    ticks: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class NoisePicture:
    """Coordinates are in the units of the pictures' view boxes, 480 wide."""

    true: int
    margin: int
    company: int
    seen: int
    seen_x: int
    draws: int
    missed: int
    scale: tuple[tuple[int, int], ...]
    true_y: int
    whiskers: tuple[Whisker, ...]
    piles: tuple[Pile, ...]


@cache
def noise_picture(words: Words = ENGLISH) -> NoisePicture:
    first, second = ([int(number) for number in text.split()] for text in (_FIRST, _SECOND))
    return NoisePicture(
        true=TRUE,
        margin=MARGIN,
        company=COMPANY,
        seen=SEEN,
        seen_x=_across(SEEN),
        draws=len(first),
        missed=sum(abs(number) > MARGIN for number in first),
        scale=tuple((number, _down(number)) for number in (TRUE + 40, TRUE, TRUE - 40)),
        true_y=_down(TRUE),
        whiskers=tuple(_whisker(place, TRUE + number) for place, number in enumerate(first)),
        piles=(
            _pile(words.gettext("without the company"), 0, TRUE, first),
            _pile(words.gettext("with the company"), _NEXT, TRUE + COMPANY, second),
        ),
    )


def _whisker(place: int, figure: int) -> Whisker:
    tenths = 10 * _LEFT + _STEP * place
    ends = _down(figure + MARGIN), _down(figure - MARGIN)
    return Whisker(f"{tenths // 10}.{tenths % 10}", _down(figure), *ends, abs(figure - TRUE) > MARGIN)


def _down(figure: int) -> int:
    return _MIDDLE - _PER_UNIT * (figure - TRUE)


def _across(figure: int) -> int:
    return (figure - _LOWEST) * _WIDE // _BIN + 24


def _pile(name: str, top: int, true: int, noise: list[int]) -> Pile:
    """Figures in columns of _BIN: the column at 120 holds 118 to 121."""
    often = Counter((true + number + _BIN // 2) // _BIN * _BIN for number in noise)
    columns = tuple(
        (_across(figure) - _WIDE // 2 + 1, _GROUND - _HIGH * count, _HIGH * count)
        for figure, count in sorted(often.items())
    )
    ticks = tuple((figure, _across(figure)) for figure in range(100, 161, 20))
    return Pile(name, top, true, true + min(noise), true + max(noise), _across(true), columns, ticks)
