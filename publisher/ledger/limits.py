"""The arithmetic of caps and reserves, in exact fractions. The argument is in this package's README.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from publisher.errors import LedgerError
from publisher.model.privacy import Cap

NOTHING = Fraction(0)


@dataclass(frozen=True)
class YearSpend:
    """rho that one unit spent in one calendar year: on first measurements of each query, and on revisions."""

    by_query: Mapping[str, Fraction] = field(default_factory=dict)
    revisions: Fraction = NOTHING

    @property
    def total(self) -> Fraction:
        return sum(self.by_query.values(), self.revisions)

    def plus(self, query: str, rho: Fraction, *, revision: bool = False) -> "YearSpend":
        if revision:
            return YearSpend(self.by_query, self.revisions + rho)
        return YearSpend({**self.by_query, query: self.by_query.get(query, NOTHING) + rho}, self.revisions)


def committed(cap: Cap, spend: YearSpend) -> Fraction:
    """What is spent or set aside in a year; never below what is spent."""
    queries = {*spend.by_query, *cap.per_query}
    ours = (max(spend.by_query.get(q, NOTHING), cap.per_query.get(q, NOTHING)) for q in queries)
    return sum(ours, max(spend.revisions, cap.revision_reserve))


def overspent(cap: Cap, year: YearSpend, lifetime: Fraction, *, revision: bool = False) -> str:
    """Which limit a spend would break, in words; "" where it breaks none. Both spends include what is asked."""
    if revision and year.revisions > cap.revision_reserve:
        return f"revisions of a year may cost {cap.revision_reserve}, and would cost {year.revisions}"
    if committed(cap, year) > cap.per_year:
        aside = committed(cap, year) - year.total
        return f"{year.total} would be spent and {aside} set aside, above the cap of {cap.per_year} a year"
    if cap.lifetime is not None and lifetime > cap.lifetime:
        return f"{lifetime} would be spent over all years, above the cap of {cap.lifetime}"
    return ""


def check_cap(cap: Cap, before: Cap | None) -> None:
    """Raises LedgerError for a cap that makes no sense, or raises a limit without a name and a reason."""
    lifetime = cap.lifetime if cap.lifetime is not None else NOTHING
    if min(cap.per_year, lifetime, cap.revision_reserve, *cap.per_query.values(), NOTHING) < 0:
        raise LedgerError("a cap or reserve is below 0.", place=cap.unit, remedy="Give 0 or more.")
    if committed(cap, YearSpend()) > cap.per_year:
        raise LedgerError(
            f"the reserves add up to {committed(cap, YearSpend())}, above the {cap.per_year} of a year.",
            place=cap.unit,
            remedy="Lower the reserves, in plan.toml or with 'publisher ledger cap', or raise the cap.",
        )
    if before is not None and raised(cap, before) and not (cap.reason.strip() and cap.by.strip()):
        raise LedgerError(
            f"raising {', '.join(raised(cap, before))} needs a person and a reason, which stay in the ledger.",
            place=cap.unit,
            remedy="Run 'publisher ledger cap' with --as and --reason.",
        )


def raised(cap: Cap, before: Cap) -> tuple[str, ...]:
    """The limits that `cap` puts higher than `before`."""
    no_end = before.lifetime is not None and (cap.lifetime is None or cap.lifetime > before.lifetime)
    higher = {
        "the cap a year": cap.per_year > before.per_year,
        "the cap over all years": no_end,
        "the reserve for revisions": cap.revision_reserve > before.revision_reserve,
    }
    return tuple(name for name, is_higher in higher.items() if is_higher)
