"""The CSV files of policy lists: read whole, every fault told by file, line and column, no trader repeated.

    protection_request  trader,flow,commodity,valid_from,valid_to and, where wanted, share,treatment
    waiver              trader,flow,commodity,valid_from,valid_to
    controlled_good     commodity,flow
    cell_rule           query,period,codes,rule,amount

What stands in the columns: policy_row.py and cell_rule_row.py.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, get_args

from publisher.errors import CatalogueError, Fault
from publisher.settings import Workspace
from publisher.store.cell_rule_row import CellRuleReader
from publisher.store.policy_row import Row, Text, read_controlled_good, read_request, read_waiver

PolicyKind = Literal["protection_request", "waiver", "controlled_good", "cell_rule"]

KINDS: tuple[PolicyKind, ...] = get_args(PolicyKind)

_LONGEST_FILE = 64 * 2**20


@dataclass(frozen=True)
class _Header:
    """The columns that a list must have, in this order, and those that may follow in any order."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()

    def fits(self, names: Sequence[str]) -> bool:
        count = len(self.required)
        more = names[count:]
        return (
            tuple(names[:count]) == self.required and set(more) <= set(self.optional) and len(set(more)) == len(more)
        )

    def __str__(self) -> str:
        return ",".join(self.required) + "".join(f"[,{name}]" for name in self.optional)


_TRADERS = ("trader", "flow", "commodity", "valid_from", "valid_to")
_HEADERS: Mapping[PolicyKind, _Header] = MappingProxyType(
    {
        "protection_request": _Header(_TRADERS, ("share", "treatment")),
        "waiver": _Header(_TRADERS),
        "controlled_good": _Header(("commodity", "flow")),
        "cell_rule": _Header(("query", "period", "codes", "rule", "amount")),
    }
)


def read_content(path: Path) -> bytes:
    """Raises CatalogueError where the file is too large or cannot be read."""
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise CatalogueError([Fault(str(path), f"is larger than {_LONGEST_FILE} bytes")])
        return path.read_bytes()
    except OSError as unreadable:
        raise CatalogueError([Fault(str(path), f"cannot be read ({unreadable.strerror})")]) from None


def parse(kind: PolicyKind, path: Path, content: bytes, workspace: Workspace) -> tuple[list[Row], list[Fault]]:
    """Distinct parsed rows and all faults."""
    try:
        reader = csv.DictReader(content.decode("utf-8-sig").splitlines(), strict=True)
        header = _HEADERS[kind]
        if not header.fits([name.strip() for name in reader.fieldnames or ()]):
            return [], [Fault(f"{path}: line 1", f"the header of a {kind} list is another one", str(header))]
        return _read_rows(reader, path, _row_reader(kind, workspace))
    except UnicodeDecodeError:
        return [], [Fault(str(path), "is not UTF-8 text", "a file saved as UTF-8")]
    except csv.Error:
        return [], [
            Fault(f"{path}: line {reader.line_num}", "cannot be split into fields", "comma-separated, quoted")
        ]


def _row_reader(kind: PolicyKind, workspace: Workspace) -> Callable[[Text, list[Fault]], Row]:
    if kind == "cell_rule":
        return CellRuleReader(workspace).read
    return {"protection_request": read_request, "waiver": read_waiver, "controlled_good": read_controlled_good}[kind]


def _read_rows(
    reader: "csv.DictReader[str]", path: Path, read: Callable[[Text, list[Fault]], Row]
) -> tuple[list[Row], list[Fault]]:
    rows: dict[tuple[object, ...], Row] = {}
    faults: list[Fault] = []
    for given in reader:
        wrong: list[Fault] = []
        text = _text(given, wrong)
        row = {} if text is None else read(text, wrong)
        faults += [Fault(f"{path}: line {reader.line_num}: {f.place}", f.problem, f.allowed) for f in wrong]
        rows[tuple(row.values())] = row
    return list(rows.values()), faults


def _text(given: Mapping[str | None, Any], faults: list[Fault]) -> Text | None:
    if None in given or any(value is None for value in given.values()):
        faults.append(Fault("row", "has more or fewer fields than the header"))
        return None
    return {str(name).strip(): str(value).strip() for name, value in given.items()}
