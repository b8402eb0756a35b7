"""audit(): the attacker's verdict over one edition. See README.md for threat model, method and limits."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np

from publisher.audit.band_check import check_bands, told_by_curves
from publisher.audit.byte_scan import HiddenNumbers, scan, words
from publisher.audit.edition import Edition, period_of, read_edition
from publisher.audit.feasibility import attack
from publisher.audit.insider import InsiderScope
from publisher.audit.ledger_check import check_ledger
from publisher.audit.numbers import canonical, forms, numbers
from publisher.audit.public_table import PublicTable
from publisher.audit.secrets import Secrets
from publisher.audit.system import Block, family
from publisher.audit.truth import Truth, truth
from publisher.model.audit_report import AuditReport, Finding
from publisher.model.confidential import ConfidentialTable
from publisher.model.privacy import Charge
from publisher.model.progress import NO_PROGRESS, Progress
from publisher.model.rules import SuppressionRules

STAGE = "Read the edition"

Asked = tuple[ConfidentialTable, SuppressionRules]


def audit(
    edition: str,
    public: Path,
    earlier: Sequence[Path],
    tables: Sequence[Asked],
    secrets: Secrets,
    charges: Sequence[Charge],
    *,
    history: Sequence[Asked] = (),
    queries: Collection[str] | None = None,
    insiders: InsiderScope = "primaries",
    progress: Progress = NO_PROGRESS,
) -> AuditReport:
    """Attacks the written files in `public`, together with those of `earlier` editions of the same period.

    `tables` are the confidential suppression tables of this edition; `history` those of earlier editions, as of
    their snapshots, where they can still be made: without them an earlier edition's hidden cells are taken to be
    unchanged wherever that fits. `queries` names all tables that the plan asks for (None: those of `tables` and
    of noisy charges). `insiders` says whose cells are defended against a contributor who is alone in another hidden
    cell. The report never holds a value.
    """
    progress(STAGE, 0, 2)
    read = read_edition(edition, public)
    progress(STAGE, 1, 2)
    findings = [*read.findings, *_asked_for(read, tables, charges, queries)]
    current, problems = _blocks(read, tables, trusted=True)
    findings += problems
    blocks = list(current)
    period = read.entry.period if read.entry else None
    same_period: list[Edition] = []
    for folder in earlier:
        its_period = period_of(folder)
        if its_period is None:
            findings.append(Finding("completeness", folder.as_posix(), "the earlier edition cannot be read"))
        if period is not None and its_period == period:
            before = read_edition(folder.as_posix(), folder)
            same_period.append(before)
            findings += [Finding(f.check, f"earlier {f.place}", f.problem) for f in before.findings]
            blocks += _earlier_blocks(before, history, current)
    progress(STAGE, 2, 2)
    solved = attack(blocks, edition, insiders=insiders, progress=progress)
    scanned = scan(public, secrets, *_public_numbers(read, current, tables), progress)
    findings += [*solved.findings, *scanned.findings]
    findings += check_ledger(read.entry, charges) if read.entry else ()
    findings += check_bands(read, same_period)
    measured = (
        *solved.measured,
        ("tables", len(read.tables)),
        ("files", scanned.files),
        ("bytes", scanned.bytes),
        ("tokens", len(scanned.tokens)),
        ("identifiers", scanned.identifiers),
        ("identifiers_too_short", scanned.too_short),
        ("identifiers_coinciding", scanned.coinciding),
    )
    return AuditReport(edition, measured, tuple(dict.fromkeys(findings)))


def _asked_for(
    read: Edition, tables: Sequence[Asked], charges: Sequence[Charge], queries: Collection[str] | None
) -> list[Finding]:
    """Every table that was asked for is there, and no other; each exact one can be attacked."""
    if read.entry is None:
        return []
    exact = {table.structure.id for table, _ in tables}
    noisy = {charge.query for charge in charges if charge.period == read.entry.period}
    wanted = exact | set(queries or ())
    described = {table.id: table for table in read.entry.tables}
    place = "metadata/tables.json"
    findings = [
        Finding("completeness", f"{place}: {name}", "the table is missing") for name in wanted - set(described)
    ]
    for name, entry in described.items():
        if name not in (wanted if queries is not None else wanted | noisy):
            findings.append(Finding("completeness", f"{place}: {name}", "no query asks for this table"))
        if entry.method == "suppression" and name not in exact:
            findings.append(Finding("completeness", f"{place}: {name}", "its confidential table was not given"))
        if entry.method != "suppression" and name in exact:
            findings.append(Finding("completeness", f"{place}: {name}", "is to be protected by suppression"))
    return sorted(findings, key=lambda finding: (finding.place, finding.problem))


def _blocks(read: Edition, tables: Sequence[Asked], *, trusted: bool) -> tuple[list[Block], list[Finding]]:
    blocks: list[Block] = []
    findings: list[Finding] = []
    for confidential, rules in tables:
        table = read.tables.get(confidential.structure.id)
        if table is not None:
            aligned, problems = truth(table, confidential, rules)
            findings += problems
            if aligned is not None:
                blocks += [Block(table, m.id, aligned, read.name, trusted) for m in table.entry.measures]
    return blocks, findings


def _earlier_blocks(before: Edition, history: Sequence[Asked], current: Sequence[Block]) -> list[Block]:
    """Tables of an earlier edition: with their own confidential twins where given, else with guesses."""
    own = [
        (table, rules)
        for table, rules in history
        if (known := before.tables.get(table.structure.id)) is not None
        and (known.entry.snapshot, known.period) == (table.snapshot, table.time_period)
    ]
    blocks, _ = _blocks(before, own, trusted=True)
    done = {block.table.entry.id for block in blocks}
    today = _today(current)
    for table in before.tables.values():
        if table.entry.method == "suppression" and table.entry.id not in done:
            guessed = _guess(table, today)
            blocks += [Block(table, m.id, guessed, before.name, trusted=False) for m in table.entry.measures]
    return blocks


Identity = tuple[tuple[str, ...], frozenset[tuple[str, str]]]


def _today(blocks: Sequence[Block]) -> dict[Identity, int]:
    """The true value of every cell of this edition."""
    return {
        (family(block.table, block.measure), block.table.non_total(row)): value
        for block in blocks
        for row, value in enumerate(block.truth.values[block.measure].tolist())
    }


def _guess(table: PublicTable, today: Mapping[Identity, int]) -> Truth:
    """Shown numbers as shown; hidden ones as today (0 where there is none), within their published intervals."""
    values = {}
    for measure in table.entry.measures:
        kind, guess = family(table, measure.id), table.numbers[measure.id].whole.copy()
        low, high = table.lower[measure.id], table.upper[measure.id]
        for row in np.flatnonzero(table.hidden[measure.id]).tolist():
            value = today.get((kind, table.non_total(row)), 0)
            value = max(value, int(low.whole[row])) if low.given[row] else value
            guess[row] = min(value, int(high.whole[row])) if high.given[row] else value
        values[measure.id] = guess
    none = np.zeros(table.rows, dtype=np.int64)
    return Truth(values, dict.fromkeys(values, none), dict.fromkeys(values, none), none, none)


def _public_numbers(
    read: Edition, blocks: Sequence[Block], tables: Sequence[Asked]
) -> tuple[HiddenNumbers, frozenset[str]]:
    """Numbers that must not be met, numbers that may, and words that stand in the edition for a public reason.

    Public words come from the hierarchies that the tables were made with, not from the files under suspicion.
    """
    published = {number for table in read.tables.values() for number in _shown(table)} | told_by_curves(read)
    for table in read.tables.values():
        published |= numbers(_written(table))  # "103,800" on a page may be read as 103.8
    explained = {word for number in published for word in words(number)}
    figures = (each for table in read.tables.values() for each in _wholes(table))
    for whole, decimals in figures:  # five digits are no telling number, and may be the name of a trader
        explained.update(words(f"{whole} {Decimal(whole).scaleb(-decimals):f}"))
    for hierarchy in {id(d.hierarchy): d.hierarchy for t, _ in tables for d in t.structure.dimensions}.values():
        text = "\n".join((*hierarchy.codes, *hierarchy.names))
        explained.update(words(text))
        published |= numbers(text)  # "other than those of heading 2845.20"
    codes = (code for codelist in read.codelists.values() for code in codelist.entries)
    published.update(number for number in map(canonical, filter(str.isdigit, codes)) if number)
    hidden: dict[str, tuple[str, ...]] = {}
    for block in blocks:
        hidden |= _hidden(block)
    return HiddenNumbers(hidden, frozenset(published)), frozenset(explained)


def _wholes(table: PublicTable) -> Iterator[tuple[int, int]]:
    """Every number and bound of a table: (whole units, decimals)."""
    for measure in table.entry.measures:
        for column in (table.numbers[measure.id], table.lower[measure.id], table.upper[measure.id]):
            for whole in np.unique(column.whole[column.given]).tolist():
                yield whole, measure.decimals


def _shown(table: PublicTable) -> Iterator[str]:
    for whole, decimals in _wholes(table):
        yield from forms(whole, decimals)


def _written(table: PublicTable) -> str:
    """Every number and bound of a table as its page writes them, in groups of three digits, one a line."""
    return "\n".join(f"{Decimal(whole).scaleb(-decimals):,f}" for whole, decimals in _wholes(table))


def _hidden(block: Block) -> dict[str, tuple[str, ...]]:
    values = block.truth.values[block.measure]
    decimals = next(m.decimals for m in block.table.entry.measures if m.id == block.measure)
    return {
        form: (*block.table.codes(row), block.measure)
        for row in np.flatnonzero(block.hidden).tolist()
        for form in forms(int(values[row]), decimals)
    }
