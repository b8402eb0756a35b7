"""One row of a request, waiver or controlled-goods list.

flow is M or X. commodity is a prefix of an HS code (2, 4 or 6 digits); in a request or waiver it may be empty: all
goods. valid_from and valid_to are the first and the last day; empty means from ever, for ever. A request's share is
the percentage of a cell above which the trader is protected there (empty: that of the query), its treatment what
happens to the goods (empty or `suppress`: cells are hidden where they must be; see publisher/aggregate/README.md).
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from publisher.catalogue.codelists import codelist
from publisher.errors import Fault

Text = Mapping[str, str]  # a line by column
Row = Mapping[str, str | date | Decimal | None]

TREATMENTS = ("suppress", "no_partner", "dump_code", "value_only", "no_quantity")
_MOVING = ("no_partner", "dump_code", "value_only")  # these count the goods under pooled codes

_EVER, _FOR_EVER = date(1900, 1, 1), date(9999, 12, 31)
_SHARE = re.compile(r"[0-9]{1,2}(\.[0-9]{1,6})?")


def read_request(text: Text, faults: list[Fault]) -> Row:
    """trader, flow, commodity, valid_from, valid_to, share (None: the query's), treatment ("" for suppress)."""
    row = read_waiver(text, faults)
    treatment = text.get("treatment", "")
    if treatment not in ("", *TREATMENTS):
        faults.append(Fault("treatment", "is no treatment", ", ".join(TREATMENTS) + ", or empty for suppress"))
    share = _share(text.get("share", ""), faults)
    treatment = "" if treatment == "suppress" else treatment
    if treatment in _MOVING and not text["commodity"]:
        allowed = "2, 4 or 6 digits of the HS; only suppress and no_quantity may cover all goods"
        faults.append(Fault("commodity", f"is empty, and {treatment} would take the detail from all goods", allowed))
    if share is not None and treatment in ("no_partner", "value_only"):
        faults.append(Fault("share", f"has no meaning beside {treatment}, which does not depend on it", "empty"))
    return {**row, "share": share, "treatment": treatment}


def read_waiver(text: Text, faults: list[Fault]) -> Row:
    """trader, flow, commodity, valid_from, valid_to."""
    if not text["trader"]:
        faults.append(Fault("trader", "is empty", "the trader's number as in the declarations"))
    _check_flow(text, faults)
    if text["commodity"]:
        _check_commodity(text["commodity"], faults, " or empty for all goods")
    start, end = _date(text["valid_from"], _EVER), _date(text["valid_to"], _FOR_EVER)
    if start is None or end is None or start > end:
        faults.append(Fault("valid_from, valid_to", "are no period", "YYYY-MM-DD, first not after last, or empty"))
    named = {name: text[name] for name in ("trader", "flow", "commodity")}
    return {**named, "valid_from": start or _EVER, "valid_to": end or _FOR_EVER}


def read_controlled_good(text: Text, faults: list[Fault]) -> Row:
    """commodity, flow."""
    _check_flow(text, faults)
    _check_commodity(text["commodity"], faults, "")
    return {name: text[name] for name in ("flow", "commodity")}


def _check_flow(text: Text, faults: list[Fault]) -> None:
    if text["flow"] not in ("M", "X"):
        faults.append(Fault("flow", "is no flow", "M, X"))


def _check_commodity(commodity: str, faults: list[Fault], more: str) -> None:
    if not commodity.isdecimal() or commodity not in codelist("HS").by_code:
        faults.append(Fault("commodity", "is no HS code", "2, 4 or 6 digits of the HS" + more))


def _share(text: str, faults: list[Fault]) -> Decimal | None:
    if not text:
        return None
    if not _SHARE.fullmatch(text) or Decimal(text) < 1:
        allowed = "a percentage from 1 to below 100 with at most 6 decimals, such as 62.5, or empty"
        faults.append(Fault("share", "is no share limit", allowed))
        return None
    return Decimal(text)


def _date(text: str, empty: date) -> date | None:
    try:
        return date.fromisoformat(text) if text else empty
    except ValueError:
        return None
