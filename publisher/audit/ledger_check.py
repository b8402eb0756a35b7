"""Every noisy table against the privacy ledger, and noisy tables against exact ones."""

from collections.abc import Sequence

from publisher.audit.description import PLACE, EditionEntry, TableEntry
from publisher.model.audit_report import Finding
from publisher.model.privacy import Charge


def check_ledger(entry: EditionEntry, charges: Sequence[Charge]) -> list[Finding]:
    """Findings of kind `ledger`: a draw that was never paid for, paid for otherwise, or shown twice."""
    findings = []
    seen: dict[str, str] = {}
    for table in entry.tables:
        if (table.noise is None) != (table.method == "suppression"):
            findings.append(_finding(table, "a table has a noise statement exactly when its method is dp or band"))
            continue
        if table.noise is None:
            continue
        if table.noise.measurement in seen:
            findings.append(_finding(table, "the same measurement stands in two tables"))
        seen[table.noise.measurement] = table.id
        findings += _compare(table, entry.period, charges)
    return findings + _twins(entry)


def _compare(table: TableEntry, period: str, charges: Sequence[Charge]) -> list[Finding]:
    noise = table.noise
    paid = [charge for charge in charges if noise is not None and charge.key == noise.measurement]
    if noise is None or not paid:
        return [_finding(table, "its measurement has no charge in the ledger")]
    problems = {
        "query": any(charge.query != table.id for charge in paid),
        "period": any(charge.period != period for charge in paid),
        "snapshot": paid[-1].snapshot != noise.snapshot or _later(noise.snapshot, table.snapshot),
        "unit": any(charge.unit != noise.unit for charge in paid),
        "rho": any(charge.rho != noise.exact_rho for charge in paid),
    }
    return [_finding(table, f"its {what} differs from the ledger's") for what, wrong in problems.items() if wrong]


def _later(one: str, other: str) -> bool:
    """Whether snapshot `one` ("s0002") was taken after `other`. A measurement may be older than its edition."""
    return (len(one), one) > (len(other), other)


def _twins(entry: EditionEntry) -> list[Finding]:
    """An exact number cancels the promise of its noisy twin."""
    exact = {
        (t.flow, t.universe, m.aggregate, m.column)
        for t in entry.tables
        if t.method == "suppression"
        for m in t.measures
    }
    return [
        _finding(table, f"measure {measure.id} is also published exactly")
        for table in entry.tables
        if table.method == "dp"
        for measure in table.measures
        if (table.flow, table.universe, measure.aggregate, measure.column) in exact
    ]


def _finding(table: TableEntry, problem: str) -> Finding:
    return Finding("ledger", f"{PLACE}: {table.id}", problem)
