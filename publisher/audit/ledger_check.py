"""Every noisy table against the privacy ledger, and noisy tables against exact ones."""

import re
from collections.abc import Sequence
from fractions import Fraction

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
    """A table of a month shows one measurement; one of a quarter or year adds up one for each of its months, and may
    join that of a year with one of the whole year (_made_of)."""
    noise = table.noise
    if noise is None:
        return []
    keys = noise.measurements or [noise.measurement]
    paid = {key: [charge for charge in charges if charge.key == key] for key in keys}
    if noise.measurement not in keys or not all(paid.values()):
        return [_finding(table, "its measurement has no charge in the ledger")]
    every = [charge for each in paid.values() for charge in each]
    newest = [each[-1] for each in paid.values()]
    problems = {
        "query": any(charge.query != table.id for charge in every),
        "period": not _made_of(period, newest) or len(keys) != len(paid),
        "snapshot": paid[noise.measurement][-1].snapshot != noise.snapshot
        or any(_later(charge.snapshot, table.snapshot) for charge in newest),
        "unit": any(charge.unit != noise.unit for charge in every),
        "rho": sum((charge.rho for charge in newest), Fraction(0)) != noise.exact_rho
        or any(charge.rho != each[-1].rho for each in paid.values() for charge in each),
    }
    return [_finding(table, f"its {what} differs from the ledger's") for what, wrong in problems.items() if wrong]


def _made_of(period: str, charges: Sequence[Charge]) -> bool:
    """Whether these are what a table of the period may be made of: one charge of each month, in order; then perhaps
    the annual one of a year, and charges of months that were measured again after it, each before its newest."""
    months, rest = charges[: len(_months(period))], charges[len(_months(period)) :]
    if [charge.period for charge in months] != _months(period) or any(one.purpose == "annual" for one in months):
        return False
    if not rest:
        return True
    newest = {month.period: month.revision for month in months}
    old = {charge.period: charge.revision for charge in rest[1:]}
    return (
        (rest[0].purpose, rest[0].period, len(months)) == ("annual", period, 12)
        and len(old) == len(rest) - 1
        and all(revision < newest.get(month, 0) for month, revision in old.items())
    )


def _months(period: str) -> list[str]:
    """ "2021-Q2" -> its three months, "2021" -> its twelve; a month, and what is no period, stays as it is."""
    year, part = period[:4], period[5:]
    if re.fullmatch(r"Q[1-4]", part):
        return [f"{year}-{3 * int(part[1]) - 2 + month:02}" for month in range(3)]
    return [f"{year}-{month:02}" for month in range(1, 13)] if re.fullmatch(r"[0-9]{4}", period) else [period]


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
