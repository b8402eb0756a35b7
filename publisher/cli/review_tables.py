"""review() in the terminal: the same as the page, in tables."""

from rich.markup import escape

from publisher.cli.console import out, show_table
from publisher.publication.review.lines import CostLine, MovedTable
from publisher.publication.review.page import approve_command, questions
from publisher.publication.review.review import Review
from publisher.publication.tables.display import short_name

WIDTH, NAME = 48, 24  # of a table's title and of a code's name, in characters: four columns fit a terminal


def show_review(found: Review, *, brief: bool) -> None:
    """Prints it. `brief` leaves out movements, costs and the audit's counts."""
    out.print(f"[bold]{found.edition}[/bold], planned for {found.planned_for}")
    out.print(f"the audit {found.verdict}, {found.findings} findings")
    out.print(f"manifest {found.digest}")
    _show_questions(found)
    _show_headlines(found)
    if not brief:
        _show_moved(f"largest revisions of {found.replaces}", found.revised)
        _show_moved(f"largest movements since {found.last}", found.moved)
        _show_costs(found)
    out.print(f"\nTo sign for exactly this:  {approve_command(found)}")


def _show_questions(found: Review) -> None:
    out.print(f"\n[bold]{questions(len(found.flags))}[/bold]")
    for flag in found.flags:
        out.print(f"- {escape(flag.table)}: {escape(flag.question)}")
        for cell in flag.cells:
            out.print(f"    {escape(cell)}")


def _show_headlines(found: Review) -> None:
    heads = ["headline", "now"]
    heads += [f"since {found.last.partition('/')[2]}"] if found.last else []
    heads += [f"since {found.replaces.partition('/')[2]}"] if found.replaces else []
    rows = []
    for line in found.headlines:
        row = [f"{short_name(line.title, WIDTH)}\n  {line.measure}", line.now]
        row += [line.since_last] if found.last else []
        row += [line.since_replaced] if found.replaces else []
        rows.append(row)
    out.print()
    show_table("", heads, rows)


def _show_moved(what: str, tables: tuple[MovedTable, ...]) -> None:
    for table in tables:
        rows = [
            (", ".join(short_name(word.name, NAME) for word in line.cell), line.figure, line.now, line.difference)
            for line in table.lines
        ]
        out.print()
        show_table(f"{table.title}: {what}", ("cell", "figure", "now", "difference"), rows)


def _show_costs(found: Review) -> None:
    rows = [
        (f"{short_name(line.title, WIDTH)}\n  {line.measure}", line.cells, line.shown, line.visible, _pattern(line))
        for line in found.costs
    ]
    heads = ("what protection costs readers", "cells", "shown", "visible in detail", "newly hidden / shown")
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


def _pattern(line: CostLine) -> str:
    known = line.newly_hidden is not None and line.newly_shown is not None
    return f"{line.newly_hidden:,} / {line.newly_shown:,}" if known else ""
