"""`query cost` on the terminal: what is hidden where, which unsafe cells are to blame, other rules side by side."""

from collections.abc import Sequence

from rich.markup import escape
from rich.table import Table

from publisher.cli.console import out
from publisher.cli.cost_json import cell_names
from publisher.cli.cost_report import Assessed, CostReport
from publisher.model.codelist import TOTAL
from publisher.model.structure import Measure, TableStructure
from publisher.suppression.cost import TableCost
from publisher.suppression.dearest import HiddenCell, NamedCell, Protection
from publisher.suppression.marked import Tally, grouped_dimension
from publisher.suppression.picture import shortened

LONGEST = 30  # letters of a cell's name
NAMED = 3  # cells named for each protection
BAR = 12  # letters of a full bar
WIDE = 110  # columns of a terminal
SCALES = ((10**9, "billion "), (10**6, "million "), (10**3, "thousand "), (1, ""))


def show_cost(report: CostReport) -> None:
    """The rules as written in full, then one line for each other set of rules."""
    structure = report.query.structure
    alone = f"with the other tables of {report.series}" if report.series else "by itself"
    out.print(f"[bold red]CONFIDENTIAL[/bold red] [bold]{escape(structure.title)}[/bold], {report.period}")
    out.print(f"protected {alone}, snapshot {report.snapshot}. For your eyes only: do not publish, send or copy.")
    out.print(f"{_planned(report)}\n")
    for cost in report.assessed[0].costs:
        _show_table(structure, cost)
    if len(report.assessed) > 1:
        for cost in report.assessed[0].costs:
            _show_compared(report.assessed, cost)


def _planned(report: CostReport) -> str:
    """Against whom it was planned."""
    past, rules = report.past, report.assessed[0].rules
    held = f"that hold {', '.join(past.editions)} too" if past.editions else "of a first edition of its period"
    prefers = f", preferring what {past.previous.name} hides" if past.previous and rules.stability else ""
    return f"planned as a build plans, against readers {held}{prefers}."


def _show_table(structure: TableStructure, cost: TableCost) -> None:
    amount = Amounts(cost.cells.measure, cost.finest.value)
    out.print(f"[bold]{cost.measure}[/bold]: {_summary(cost)}\n")
    _show_past(cost, amount)
    _numbers(
        "rules", ("rule", "cells it finds unsafe"), [(rule, f"{count:,}") for rule, count in cost.by_rule if count]
    )
    rows = [(" x ".join(level.levels), level) for level in cost.levels]
    _tallies("by level", "level", rows, amount)
    _, dimension = grouped_dimension(structure)
    groups = [(shortened(f"{group.code} {group.name}", LONGEST), group) for group in cost.groups]
    _tallies("most detailed cells", dimension.title.lower(), groups, amount)
    _show_dearest(structure, cost, amount)


def _show_past(cost: TableCost, amount: "Amounts") -> None:
    """What earlier editions of the period leave no choice about."""
    if cost.kept.secondary:
        value = f"{amount(cost.kept.value_secondary)} {amount.unit}"
        out.print(
            f"{cost.kept.secondary:,} of the secondary cells ({value} over all levels) stay hidden because an\n"
            "earlier edition hid the same number; no unsafe cell is blamed for them.\n"
        )
    if cost.already_public:
        out.print(
            f"{cost.already_public:,} of the primary cells cannot be protected: their number is public already, in\n"
            "an earlier edition.\n"
        )


def _summary(cost: TableCost) -> str:
    total = cost.total
    return (
        f"{total.cells:,} cells, {total.primary:,} primary and {total.secondary:,} secondary hidden. "
        f"Visible: {_share(total.visible_cells)} of cells, {_share(total.visible_share)} of value over all levels, "
        f"{_share(cost.finest.visible_share)} of value in the most detailed cells."
    )


class Amounts:
    """Values in the unit of a measure, in thousands, millions or billions of it where they are that large."""

    def __init__(self, measure: Measure, largest: int) -> None:
        whole = 10**measure.decimals
        self._scale, word = next(
            ((scale * whole, word) for scale, word in SCALES if largest >= 1000 * scale * whole), (whole, "")
        )
        self.unit = f"{word}{measure.unit}"

    def __call__(self, value: float) -> str:
        return f"{value / self._scale:,.1f}" if self._scale > 1 else f"{value:,.0f}"


def _tallies(title: str, first: str, rows: Sequence[tuple[str, Tally]], amount: Amounts) -> None:
    """Cells and value side by side where the terminal is wide enough, else one below the other."""
    counts = [(f"{t.cells:,}", f"{t.primary:,}", f"{t.secondary:,}", _share(t.visible_cells)) for _, t in rows]
    values = [
        (
            amount(t.value),
            amount(t.value_primary),
            amount(t.value_secondary),
            _share(t.visible_share),
            _bar(t.visible_share),
        )
        for _, t in rows
    ]
    marks = ("primary", "secondary", "visible")
    names = [(name,) for name, _ in rows]
    if out.width >= WIDE:
        both = [name + count + value for name, count, value in zip(names, counts, values, strict=True)]
        _numbers(title, (first, "cells", *marks, amount.unit, *marks, ""), both)
        return
    _numbers(f"{title}: cells", (first, "cells", *marks), [n + c for n, c in zip(names, counts, strict=True)])
    _numbers(f"{title}: value", (first, amount.unit, *marks, ""), [n + v for n, v in zip(names, values, strict=True)])


def _show_dearest(structure: TableStructure, cost: TableCost, amount: Amounts) -> None:
    if not cost.hidden:
        out.print("No safe cell is hidden.\n")
        return
    out.print(
        "[bold]the dearest protections[/bold]: unsafe cells, and the safe ones hidden for them. The value of a safe\n"
        "cell is shared equally among the unsafe cells that need it; 'alone' is what could be shown if only these\n"
        "needed no protection. Read off the pattern at hand: another pattern might blame other cells."
    )
    for number, protection in enumerate(cost.protections, 1):
        _show_protection(number, structure, protection, amount)
    rows = [_hidden_row(structure, hidden, amount) for hidden in cost.hidden]
    out.print()
    _numbers(
        "the dearest safe cells", ("hidden cell", amount.unit, "needed by", "the largest of these"), rows, text=(3,)
    )
    if cost.unused:
        out.print(f"{cost.unused:,} hidden safe cells are needed by no other: a longer clean-up would show them.\n")


def _show_protection(number: int, structure: TableStructure, protection: Protection, amount: Amounts) -> None:
    lead, linked = protection.cells[0], len(protection.cells) - 1
    more = f" and {linked:,} linked" if linked else ""
    why = ", ".join(lead.rules) or "decided, or by another table"
    out.print(
        f"{number:3}. [bold]{_cell(structure, lead)}[/bold]{more} ({why}): "
        f"{amount(protection.share)} {amount.unit}, alone {amount(protection.alone)}"
    )
    forced = [f"{_cell(structure, cell)} {amount(cell.value)}" for cell in protection.forced[:NAMED]]
    rest = len(protection.forced) - NAMED
    out.print(f"     hides {'; '.join(forced)}{f'; and {rest:,} more' if rest > 0 else ''}")


def _hidden_row(structure: TableStructure, hidden: HiddenCell, amount: Amounts) -> tuple[str, ...]:
    largest = "; ".join(_cell(structure, cell) for cell in hidden.forced_by[:NAMED])
    return _cell(structure, hidden.cell), amount(hidden.cell.value), f"{hidden.cell.uses:,}", largest


def _show_compared(assessed: Sequence[Assessed], first: TableCost) -> None:
    """One row a set of rules; by number, with a key above, where the terminal is narrow.

    `first` is what a measure costs with the rules as written. Rules that do not judge it by itself have no row.
    """
    names = [escape(each.changes) or "as written" for each in assessed]
    if out.width < WIDE:
        out.print("\n".join(f"rules {number}: {name}" for number, name in enumerate(names, 1)))
        names = [str(number) for number, _ in enumerate(names, 1)]
    columns = ("rules", "primary", "secondary", "visible cells", "visible value", "finest value", "seconds")
    rows = [
        (
            name,
            _counted(cost.primary, first.primary),
            _counted(cost.secondary, first.secondary),
            _shared(cost.total.visible_cells, first.total.visible_cells),
            _shared(cost.total.visible_share, first.total.visible_share),
            _shared(cost.finest.visible_share, first.finest.visible_share),
            f"{each.seconds:,.1f}",
        )
        for name, each in zip(names, assessed, strict=True)
        for cost in each.costs
        if cost.measure == first.measure
    ]
    _numbers(f"other rules, {first.measure} (in brackets: difference, percentage points for shares)", columns, rows)


def _counted(now: int, then: int) -> str:
    return f"{now:,} ({now - then:+,})" if now != then else f"{now:,}"


def _shared(now: float, then: float) -> str:
    return f"{_share(now)} ({(now - then) * 100:+.1f})" if now != then else _share(now)


def _numbers(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]], text: Sequence[int] = ()) -> None:
    """A table whose first column is text and all others numbers; columns in `text` may be folded."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="dim", box=None, pad_edge=False)
    for place, name in enumerate(columns):
        table.add_column(name, justify="left" if place == 0 or place in text else "right", no_wrap=place not in text)
    for row in rows:
        table.add_row(*row)
    out.print(table)
    out.print()


def _cell(structure: TableStructure, cell: NamedCell) -> str:
    """Codes and names, the total in a word."""
    names = cell_names(structure, cell)
    if not names:
        return escape("/".join(cell.codes))
    parts = [
        "all" if code == TOTAL else shortened(f"{code} {name}", LONGEST)
        for code, name in zip(cell.codes, names, strict=True)
    ]
    return escape(" x ".join(parts))


def _share(share: float) -> str:
    return f"{share:.1%}"


def _bar(share: float) -> str:
    full = round(share * BAR)
    return "█" * full + "░" * (BAR - full)
