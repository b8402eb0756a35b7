"""How headline figures changed between two periods, for the pages around the editions: an edition reads no other.

A change is told only of cells that are shown in both periods, and only where it is

    beyond noise      the two 95 % intervals have no number in common (exact figures: always)
    beyond revision   larger than nine of ten revisions of such figures so far, as a share of the larger figure

What is claimed of the largest rise or fall is true of every filling of hidden cells within their printed ranges and
of noisy figures within their intervals:

    largest         no other cell of the level can have risen (fallen) by more
    largest_shown   no other cell that is shown in both periods has risen by more; one hidden in either may have
    largest_noisy   no other figure, as published with noise, that changed beyond its noise has risen by more

Argument: a cell's rise is at most its upper end now less its lower end before; the leader's at least the reverse.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from publisher.publication.headline.facts import Claim, HeadlineFact
from publisher.publication.headline.margin import ZERO, Figure

Direction = Literal["rise", "fall"]
NINE_OF_TEN = Fraction(9, 10)


@dataclass(frozen=True)
class Change:
    """A cell that is shown in both periods. `least` and `most`: what the change may be, both ends signed."""

    before: Figure
    now: Figure

    @property
    def amount(self) -> int:
        return (self.now.value or 0) - (self.before.value or 0)

    @property
    def least(self) -> int:
        return self.now.low - (self.before.high or 0)

    @property
    def most(self) -> int:
        return (self.now.high or 0) - self.before.low

    @property
    def exact(self) -> bool:
        return self.now.exact and self.before.exact

    @property
    def beyond_noise(self) -> bool:
        return self.least > 0 or self.most < 0

    def beyond(self, usual: Fraction) -> bool:
        """Larger than `usual`, a share of the larger of the two figures."""
        largest = max(abs(self.before.value or 0), abs(self.now.value or 0))
        return abs(self.amount) > usual * largest

    @property
    def share(self) -> Fraction | None:
        """Of the figure before; None where that was nothing."""
        return Fraction(self.amount, self.before.value) if self.before.value and self.before.value > 0 else None


@dataclass(frozen=True)
class Mover:
    """The cell that rose or fell most."""

    code: str
    direction: Direction
    change: Change
    claim: Claim


@dataclass(frozen=True)
class ChangeFact:
    """What changed about a headline fact since the period `earlier`: the total, or who moved most. `usual` is the
    share of such figures that revisions stayed within so far."""

    fact: HeadlineFact
    earlier: str
    usual: Fraction
    change: Change | Mover


TotalClaim = Literal["same", "drowned", "usual", "up", "down"]


def total_claim(change: Change, usual: Fraction) -> TotalClaim:
    """What may be said of a total that is shown in both periods. "drowned": there may be no change at all, or one in
    the other direction; "usual": revisions change such figures by as much."""
    if change.exact and not change.amount:
        return "same"
    if not change.beyond_noise:
        return "drowned"
    if not change.beyond(usual):
        return "usual"
    return "up" if change.amount > 0 else "down"


def movers(before: Mapping[str, Figure], now: Mapping[str, Figure], usual: Fraction) -> tuple[Mover, ...]:
    """The largest rise and the largest fall, where one may be told. Both mappings have the same codes."""
    pairs = {code: (before[code], figure) for code, figure in now.items()}
    shown = {code: Change(*pair) for code, pair in pairs.items() if all(one.value is not None for one in pair)}
    moved = {code: change for code, change in shown.items() if change.beyond_noise}
    found = (_mover(moved, pairs, direction) for direction in _directions(moved.values()))
    return tuple(mover for mover in found if mover.change.beyond(usual))


def _directions(changes: Iterable[Change]) -> Iterator[Direction]:
    amounts = [change.amount for change in changes]
    if max(amounts, default=0) > 0:
        yield "rise"
    if min(amounts, default=0) < 0:
        yield "fall"


def _mover(moved: Mapping[str, Change], pairs: Mapping[str, tuple[Figure, Figure]], direction: Direction) -> Mover:
    """Of all that moved beyond noise: one that moved by less, but more than revisions do, may not take its place."""
    sign = 1 if direction == "rise" else -1
    code = min(moved, key=lambda one: (-sign * moved[one].amount, one))
    leader = moved[code]
    certain = leader.least if direction == "rise" else -leader.most
    others = [_most(*pair, direction) for one, pair in pairs.items() if one != code]
    if all(most is not None and most <= certain for most in others):
        return Mover(code, direction, leader, "largest")
    return Mover(code, direction, leader, "largest_shown" if leader.exact else "largest_noisy")


def _most(before: Figure, now: Figure, direction: Direction) -> int | None:
    """By how much a cell can have moved in a direction at most; None where nothing bounds it."""
    up, down = (now, before) if direction == "rise" else (before, now)
    return None if up.high is None else up.high - down.low


def comparable(
    before: Mapping[str, Figure], now: Mapping[str, Figure], *, absent_are_zero: bool, known: Iterable[str]
) -> tuple[dict[str, Figure], dict[str, Figure]]:
    """Both periods' cells with the same codes.

    Without noise, a code of both codelists (`known`) that has no row is a zero; with noise, one without a row in
    either period is left out, as is a code that only one of the codelists has.
    """
    both = set(known) & (set(before) | set(now)) if absent_are_zero else set(before) & set(now)
    codes = sorted(both)
    return {code: before.get(code, ZERO) for code in codes}, {code: now.get(code, ZERO) for code in codes}


def usual_revision(revisions: Sequence[tuple[Mapping[str, Figure], Mapping[str, Figure]]]) -> Fraction:
    """The share of a figure that nine of ten revisions stayed within; 0 where nothing was revised yet.

    `revisions`: first and newest version of the same cells. Cells that are not exact in both say nothing.
    """
    shares = sorted(
        Fraction(abs((new.value or 0) - (old.value or 0)), max(abs(old.value or 0), abs(new.value or 0), 1))
        for first, newest in revisions
        for code, old in first.items()
        if (new := newest.get(code)) is not None and old.exact and new.exact
    )
    return shares[int(len(shares) * NINE_OF_TEN)] if shares else Fraction(0)
