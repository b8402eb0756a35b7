"""Sums of one trader's hidden cells in one line, as targets of the attack: each becomes one more unknown number.

A line is what lies below one margin along one dimension. A trader's union there is all hidden cells in which it is
one of the two largest contributors, and, as a second one, the primary cells among them that it leads. The rules are
applied to the union as to a cell. Contributors are added up over its cells; where a cell does not name one, it is
taken to hold there as much as anybody unnamed can: nothing in a cell of two, else the smaller of the second largest
contribution and of what the two largest leave.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from publisher.audit.levels import CellFigures, level_of, shadow_level
from publisher.audit.public_table import PublicTable
from publisher.audit.relations import relations
from publisher.audit.tree import Integers
from publisher.model.confidential import ConfidentialTable
from publisher.model.rules import SuppressionRules

Rows = tuple[int, ...]


@dataclass(frozen=True)
class Union:
    """Published rows, and by measure how far their sum must be able to rise (and fall, or to 0). Confidential."""

    rows: Rows
    upper: Mapping[str, int] = field(repr=False)


@dataclass(frozen=True)
class _Cell:
    """What the confidential table says of one cell in its first rule measure."""

    total: int
    named: tuple[tuple[int, int], ...]  # (contributor, amount), the largest first
    unnamed: int  # the most that any other contributor has
    claimant: int
    claimants: int
    contributors: int
    controlled: bool
    request: int | None
    primary: bool

    def claims(self, amount: int) -> bool:
        """Whether a contributor of this amount may be entitled to protection."""
        return self.claimants > 0 and (self.claimant == amount or (self.claimant > amount and self.claimants > 1))


def unions_of(
    public: PublicTable, confidential: ConfidentialTable, rules: SuppressionRules, rows: Integers, primary: Integers
) -> tuple[Union, ...]:
    """The unions of one table that a rule finds unsafe. `rows`: the published row of each confidential cell, or -1.

    `primary`: int64, levels of the first rule measure, one entry a confidential cell.
    """
    measure = confidential.structure.rule_measures[0].id
    cells = dict(zip(rows.tolist(), _cells(confidential, measure, primary), strict=True))
    totals = {m.id: dict(zip(rows.tolist(), _whole(confidential, m.id), strict=True)) for m in public.entry.measures}
    shadows = [m.id for m in confidential.structure.measures if m.shadows == measure]
    found = {}
    for group in dict.fromkeys(_groups(public, cells)):
        trade = any(total[row] for total in totals.values() for row in group)
        level = level_of(_together([cells[row] for row in group], rules), rules) if trade else 0
        if level:
            base = sum(totals[measure][row] for row in group)
            sums = {name: sum(totals[name][row] for row in group) for name in shadows}
            found[group] = {measure: level} | {name: shadow_level(level, base, own) for name, own in sums.items()}
    return tuple(Union(group, upper) for group, upper in sorted(found.items()))


def _whole(table: ConfidentialTable, name: str) -> list[int]:
    values: list[int] = table.cells.column(name).to_numpy().tolist()
    return values


def _cells(table: ConfidentialTable, measure: str, primary: Integers) -> Iterator[_Cell]:
    names = [measure, f"{measure}_largest_1", f"{measure}_largest_2", "contributor_1", "contributor_2"]
    names += [f"{measure}_claimant", "claimants", "contributors", "controlled"]
    own = f"{measure}_request"
    requests = _whole(table, own) if own in table.cells.column_names else [None] * len(primary)
    columns = [_whole(table, name) for name in names]
    for total, first, second, one, two, claimant, claimants, contributors, controlled, request, level in zip(
        *columns, requests, primary.tolist(), strict=True
    ):
        named = tuple((who, amount) for who, amount in ((one, first), (two, second)) if who > 0)
        unnamed = min(second, total - first - second) if contributors > 2 else 0
        yield _Cell(total, named, unnamed, claimant, claimants, contributors, bool(controlled), request, level > 0)


def _groups(public: PublicTable, cells: Mapping[int, _Cell]) -> Iterator[Rows]:
    """Two or more hidden rows of one line and trader; all rows of a line together are its margin, judged itself."""
    equations = relations(public)[0]
    for start, end in zip(equations.starts[:-1].tolist(), equations.starts[1:].tolist(), strict=True):
        line = [row for row in equations.cells[start + 1 : end].tolist() if row in cells]
        wide: dict[int, list[int]] = defaultdict(list)
        led: dict[int, list[int]] = defaultdict(list)
        for row in line:
            if public.hidden[row]:
                for place, (trader, amount) in enumerate(cells[row].named):
                    if amount > 0:
                        wide[trader].append(row)
                        if place == 0 and cells[row].primary:
                            led[trader].append(row)
        for own in (*wide.values(), *led.values()):
            if 1 < len(own) < end - start - 1:
                yield tuple(sorted(own))


def _together(cells: Sequence[_Cell], rules: SuppressionRules) -> CellFigures:
    """The union as a cell: nobody has less in it than is known, and some perhaps more than they have."""
    total = sum(cell.total for cell in cells)
    held: dict[int, int] = defaultdict(lambda: sum(cell.unnamed for cell in cells))
    asking = set()
    for cell in cells:
        for trader, amount in cell.named:
            held[trader] += amount - cell.unnamed
            asking |= {trader} if cell.claims(amount) else set()
    named = len(held)
    ranks = rules.largest_needed
    for place in range(ranks):  # whoever is named in none of the cells
        held[-1 - place] += 0
        asking |= {-1 - place} if any(cell.claimants > 0 and cell.contributors > 2 for cell in cells) else set()
    order = sorted(held, key=lambda trader: (-held[trader], trader not in asking))
    first = next((trader for trader in order if trader in asking), None)
    claimant = min(held[first], total) if first is not None else 0
    rival = next(held[trader] for trader in order if trader != first) if first is not None else held[order[0]]
    largest, left = [], total
    for trader in order[:ranks]:
        largest.append(min(held[trader], left))
        left -= largest[-1]
    requests = [cell.request for cell in cells if cell.request is not None]
    return CellFigures(
        total=total,
        claimant=claimant,
        rival=min(rival, total - claimant),
        largest=tuple(largest),
        contributors=max(named, *(cell.contributors for cell in cells)),
        claimants=max(cell.claimants for cell in cells),
        controlled=any(cell.controlled for cell in cells),
        request=sum(requests) if requests else None,
    )
