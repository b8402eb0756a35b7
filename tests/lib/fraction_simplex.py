"""A textbook simplex in fractions (Bland's rule, two phases): exact, an oracle for a few dozen cells."""

from collections.abc import Sequence
from fractions import Fraction

Row = list[Fraction]


class Simplex:
    """All t >= 0 with rows * t = right. Keeps the vertex it stands at from one question to the next.

    Raises ValueError where no t fits.
    """

    def __init__(self, rows: Sequence[Sequence[int]], right: Sequence[int], count: int) -> None:
        self._count, height = count, len(rows)
        self._tableau = [
            _signed([*map(Fraction, row)], number, height, value)
            for number, (row, value) in enumerate(zip(rows, right, strict=True))
        ]
        self._basis = list(range(count, count + height))
        artificial = [Fraction(0)] * count + [Fraction(-1)] * height
        if _optimum(self._tableau, self._basis, artificial, count + height) != 0:
            raise ValueError("no solution")
        for place, column in enumerate(self._basis):  # artificial unknowns that are left stand at zero: out with them
            other = next((j for j in range(count) if self._tableau[place][j] != 0), None)
            if column >= count and other is not None:
                _pivot(self._tableau, self._basis, place, other)

    def largest(self, aim: Sequence[int]) -> Fraction | None:
        """The maximum of aim * t; None where there is no limit."""
        idle = [Fraction(0)] * len(self._basis)
        return _optimum(self._tableau, self._basis, [*map(Fraction, aim), *idle], self._count)


def _signed(row: Row, number: int, height: int, value: int) -> Row:
    turn = -1 if value < 0 else 1
    unit = [Fraction(int(place == number)) for place in range(height)]
    return [turn * each for each in row] + unit + [Fraction(turn * value)]


def _optimum(tableau: list[Row], basis: list[int], aim: Row, usable: int) -> Fraction | None:
    while True:
        gain = (
            j
            for j in range(usable)
            if aim[j] > sum((aim[b] * row[j] for b, row in zip(basis, tableau, strict=True)), Fraction(0))
        )
        entering = next(gain, None)
        if entering is None:
            return sum((aim[b] * row[-1] for b, row in zip(basis, tableau, strict=True)), Fraction(0))
        ratios = [(row[-1] / row[entering], basis[i], i) for i, row in enumerate(tableau) if row[entering] > 0]
        if not ratios:
            return None
        _pivot(tableau, basis, min(ratios)[2], entering)


def _pivot(tableau: list[Row], basis: list[int], place: int, column: int) -> None:
    pivot = tableau[place][column]
    tableau[place] = [each / pivot for each in tableau[place]]
    for i, row in enumerate(tableau):
        if i != place and row[column] != 0:
            tableau[i] = [each - row[column] * own for each, own in zip(row, tableau[place], strict=True)]
    basis[place] = column
