"""Profiles: how the columns of a source file become the columns of a declaration.

A profile is a TOML file, packaged (`kcs`, `native`) or written by the office:

    id = "kcs"
    title = "..."
    delimiter = ","                  # optional; a CSV with another one is refused
    quote = '"'                      # optional; the character around a text with delimiters in it
    [column.<declaration column>]    # exactly one of:
    from = "Header"                  #   the source column
    from = ["A", "B"]                #   several, joined with "/" before translation
    constant = "M"                   #   the same for every row
    percent_of = ["statistical_value", "duty_rate"]   # the product of two declaration columns, per cent
    # and, with `from`:
    codes = { "40" = "4" }           # complete translation: a code not listed is quarantined
    exceptions = { "EU" = "ZZ" }     # these are translated, all others kept
    missing = "NONE"                 # our code for an empty field
    take = 6                         # the first characters only (HS6 of a national code)
    format = "%d.%m.%Y"              # of a date; default ISO
    factor = "1000"                  # multiplies a number: the source's unit in ours
    rounding = "half_even"           # to whole units; or "refuse", the default: a fraction is quarantined
    optional = true                  # null where the file has no such column; not for a required one

A declaration column that the profile leaves out is null; required ones must be there. reference_period and
partner are derived from the rest and never named.
"""

import hashlib
import tomllib
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from decimal import Decimal
from importlib import resources
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from publisher.catalogue.codelists import codelist
from publisher.errors import CatalogueError, Fault
from publisher.model.codelist import Codelist
from publisher.model.declaration import BY_NAME, DECLARATION

DERIVED = ("reference_period", "partner")
Rounding = Literal["half_even", "refuse"]


def _several(given: object) -> object:
    return (given,) if isinstance(given, str) else given


class ColumnRule(BaseModel):
    """How one declaration column comes about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    sources: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field(default=(), alias="from")
    constant: str | None = None
    percent_of: tuple[str, str] | None = None
    codes: dict[str, str] | None = None
    exceptions: dict[str, str] | None = None
    missing: str | None = None
    take: int | None = Field(default=None, ge=1)
    format: str = "%Y-%m-%d"
    factor: Decimal = Field(default=Decimal(1), gt=0, lt=10_000, decimal_places=6)
    rounding: Rounding = "refuse"
    optional: bool = False

    @model_validator(mode="after")
    def _one_origin(self) -> "ColumnRule":
        if bool(self.sources) + (self.constant is not None) + (self.percent_of is not None) != 1:
            raise ValueError("needs exactly one of from, constant, percent_of")
        if self.optional and not self.sources:
            raise ValueError("only a column taken 'from' the file is optional")
        if self.codes is not None and self.exceptions is not None:
            raise ValueError("takes codes or exceptions, not both")
        return self


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    quote: str = Field(default='"', min_length=1, max_length=1)
    column: dict[str, ColumnRule]

    @model_validator(mode="after")
    def _columns(self) -> "_File":
        allowed = [column.name for column in DECLARATION if column.name not in DERIVED]
        unknown = sorted(set(self.column) - set(allowed))
        if unknown:
            raise ValueError(f"unknown column {', '.join(unknown)} (allowed: {', '.join(allowed)})")
        absent = [name for name in allowed if BY_NAME[name].required and name not in self.column]
        if absent:
            raise ValueError(f"these columns are required: {', '.join(absent)}")
        for name, rule in self.column.items():
            _check_column(name, rule, {*self.column} - {name})
        return self


def _check_column(name: str, rule: ColumnRule, others: set[str]) -> None:
    if rule.optional and BY_NAME[name].required:
        raise ValueError(f"column.{name}: is required, so it cannot be optional")
    if rule.percent_of and not {*rule.percent_of} <= others:
        raise ValueError(f"column.{name}: percent_of needs two other columns of this profile")
    id = BY_NAME[name].codelist
    if id is None:
        return
    given = {*(rule.codes or {}).values(), *(rule.exceptions or {}).values(), rule.constant, rule.missing} - {None}
    unknown = sorted(str(code) for code in given - {*declared(codelist(id))})
    if unknown:
        raise ValueError(f"column.{name}: {', '.join(unknown)} not in codelist {id}")


def declared(codes: Codelist) -> tuple[str, ...]:
    """The codes that a declaration may have: those of the finest level."""
    return tuple(code.code for code in codes.at(codes.levels[-1]))


@dataclass(frozen=True)
class Profile:
    """A validated profile; `digest` is the SHA-256 (hex) of its file."""

    id: str
    title: str
    delimiter: str | None
    quote: str
    columns: dict[str, ColumnRule] = field(repr=False)
    digest: str

    @property
    def sources(self) -> tuple[str, ...]:
        """The source columns it needs, each once, in the order of the profile."""
        return tuple(dict.fromkeys(name for rule in self.columns.values() for name in rule.sources))

    def found_in(self, header: Collection[str]) -> "Profile":
        """Without the optional columns that a file with this header lacks."""
        absent = [name for name, rule in self.columns.items() if rule.optional and set(rule.sources) - set(header)]
        return replace(self, columns={name: rule for name, rule in self.columns.items() if name not in absent})


def load_profile(name: str) -> Profile:
    """The packaged profile `name`, or the one in the file `name` where it ends in .toml.

    Raises CatalogueError with every fault of the file.
    """
    place, text = _text(name)
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as broken:
        raise CatalogueError([Fault(place, f"is not TOML: {broken}")]) from None
    except ValidationError as invalid:
        faults = [Fault(f"{place}: {'.'.join(map(str, e['loc'])) or 'profile'}", e["msg"]) for e in invalid.errors()]
        raise CatalogueError(faults) from None
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Profile(file.id, file.title, file.delimiter, file.quote, dict(file.column), digest)


def packaged_profiles() -> tuple[str, ...]:
    folder = resources.files("publisher.store") / "profiles"
    return tuple(
        sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))
    )


def _text(name: str) -> tuple[str, str]:
    if not name.endswith(".toml"):
        if name not in packaged_profiles():
            allowed = f"{', '.join(packaged_profiles())}, or the path of a .toml file"
            raise CatalogueError([Fault("--profile", f"there is no packaged profile '{name}'", allowed)])
        return name, (resources.files("publisher.store") / "profiles" / f"{name}.toml").read_text("utf-8")
    try:
        return name, Path(name).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as unreadable:
        raise CatalogueError([Fault(name, f"cannot be read ({type(unreadable).__name__})")]) from None
