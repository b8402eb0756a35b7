"""What the ledger says when it refuses: where, what is required, how to mend it."""

from collections.abc import Sequence

from publisher.errors import LedgerError, PrivacyBudgetError
from publisher.ledger.chain import REMEDY
from publisher.model.privacy import Charge


def overspending(place: str, charge: Charge, problem: str) -> PrivacyBudgetError:
    return PrivacyBudgetError(
        f"the budget '{charge.unit}' for {charge.year} does not suffice for {charge.query} in {charge.period}, "
        f"which asks {charge.rho}: {problem}.",
        place=place,
        remedy="Nothing was drawn. Ask for less, leave this measurement out, or raise the cap by name: in plan.toml "
        "and with 'publisher ledger cap'. See 'publisher ledger forecast'.",
    )


def no_cap(place: str, unit: str) -> PrivacyBudgetError:
    return PrivacyBudgetError(
        f"no cap is recorded for the unit '{unit}'.",
        place=place,
        remedy="Build an edition of a plan that measures it: that enters the plan's cap.",
    )


def no_result(place: str, charge: Charge) -> PrivacyBudgetError:
    return PrivacyBudgetError(
        f"{charge.query} for {charge.period} was charged {charge.rho} but its result was never sealed "
        "(a crash between the two). Whether noise was drawn cannot be known, so nothing is drawn now.",
        place=place,
        remedy=f"Give the charge up: publisher ledger abandon {charge.key[:16]} --reason ... ; "
        f"its {charge.rho} stays spent and the next build charges attempt {charge.attempt + 1}.",
    )


def sealed_already(place: str) -> PrivacyBudgetError:
    return PrivacyBudgetError(
        "this measurement is drawn and sealed.", place=place, remedy="Build again: its result will be read."
    )


def no_entry(place: str, broken: LedgerError) -> LedgerError:
    """For a record that may not follow. Without words of its own, it is one that no command writes."""
    return LedgerError(
        broken.message,
        place=broken.place or place,
        remedy=broken.remedy or "Nothing was written. This is a fault of the program: report it.",
    )


def result_lost(place: str, key: str) -> LedgerError:
    return LedgerError(
        "the sealed result is missing or is not the one that was sealed.",
        place=place,
        remedy="Restore this file from a backup. Only if there is none: publisher ledger abandon "
        f"{key[:16]} --reason ... (its rho stays spent and the numbers will be drawn anew).",
    )


def older_than_results(place: str, key: str) -> LedgerError:
    return LedgerError(
        f"the ledger knows nothing of the sealed result {key}: it is older than its results.",
        place=place,
        remedy=REMEDY,
    )


def older_than_published(place: str, editions: Sequence[str]) -> LedgerError:
    return LedgerError(
        f"the edition {editions[-1]} was made with entries that this ledger does not have "
        f"({len(editions)} such editions): it was restored from an old backup, or is another store's.",
        place=place,
        remedy=f"Nothing was charged. {REMEDY} An edition that was never published can be removed instead.",
    )


def not_witnessed(place: str) -> LedgerError:
    return LedgerError(
        "nothing is charged before the ledger was held against what is published.",
        place=place,
        remedy="This is a fault of the program: report it.",
    )
