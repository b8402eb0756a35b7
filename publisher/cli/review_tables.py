"""review() in the terminal: the same as the page, in tables."""

from rich.markup import escape

from publisher.cli.console import out, show_table
from publisher.publication.review import MovedTable, Review
from publisher.publication.review_page import approve_command


def show_review(found: Review, *, brief: bool) -> None:
    """Prints it. `brief` leaves out movements, costs and the audit's counts."""
    out.print(
        f"[bold]{found.edition}[/bold]: the audit {found.verdict}, {found.findings} findings; planned for {found.due}"
    )
    out.print(f"manifest {found.digest}")
    _show_questions(found)
    _show_headlines(found)
    if not brief:
        _show_moved(f"largest revisions of {found.replaces}", found.revised)
        _show_moved(f"largest movements since {found.last}", found.moved)
        _show_costs(found)
    out.print(f"\nTo sign for exactly this:  {approve_command(found)}")


def _show_questions(found: Review) -> None:
    out.print(
        f"\n[bold]{len(found.flags)} questions[/bold]" if found.flags else "\nno plausibility rule asks anything"
    )
    for flag in found.flags:
        out.print(f"- {escape(flag.table)}: {escape(flag.question)}")
        for cell in flag.cells:
            out.print(f"    {escape(cell)}")


def _show_headlines(found: Review) -> None:
    heads = ["total", "", "now", *(["period before", "change"] if found.last else [])]
    heads += ["version before", "change"] if found.replaces else []
    rows = []
    for line in found.headlines:
        row = [line.title, line.measure, line.now]
        row += [line.last, line.since_last] if found.last else []
        row += [line.replaced, line.since_replaced] if found.replaces else []
        rows.append(row)
    out.print()
    show_table("headlines", heads, rows)


def _show_moved(title: str, tables: tuple[MovedTable, ...]) -> None:
    rows = [
        (table.title, ", ".join(word.name for word in line.cell), line.figure, line.before, line.now, line.difference)
        for table in tables
        for line in table.lines
    ]
    if rows:
        out.print()
        show_table(title, ("table", "cell", "figure", "before", "now", "difference"), rows)


def _show_costs(found: Review) -> None:
    rows = [
        (line.title, line.measure, line.cells, line.shown, line.hidden, line.visible, _pattern(line.newly_hidden),
         _pattern(line.newly_shown))
        for line in found.costs
    ]  # fmt: skip
    heads = ("table", "figure", "cells", "shown", "hidden", "visible in detail", "newly hidden", "newly shown")
    out.print()
    show_table("what protection costs readers", heads, rows)
    spent = [
        (line.title, line.unit, line.rho, f"{line.spent} of {line.limit}", line.epsilon) for line in found.spends
    ]
    if spent:
        out.print()
        show_table("what noise costs contributors", ("table", "unit", "rho", "spent of the year", "epsilon"), spent)
    if found.notes.attacked:
        out.print()
        show_table("the audit", ("measured", "count"), list(found.notes.attacked.items()))


def _pattern(count: int | None) -> str:
    return "" if count is None else f"{count:,}"
