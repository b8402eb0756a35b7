"""metadata/tables.json as an attacker reads it: every table, its dimensions and measures."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from publisher.audit.tree import UnreadableError
from publisher.model.protected import Method

NAME = r"^[A-Za-z][A-Za-z0-9_]*$"
PLACE = "metadata/tables.json"


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class DimensionEntry(_Entry):
    column: str = Field(pattern=NAME)
    codelist: str = Field(pattern=NAME)
    levels: list[str] = Field(min_length=1)


class MeasureEntry(_Entry):
    id: str = Field(pattern=NAME)
    aggregate: Literal["sum", "count", "count_distinct", "quantile"]
    unit: str
    decimals: int = Field(ge=0, le=9)
    column: str | None
    shadows: str | None
    own_status: bool = False


class _Loss(_Entry):
    """`rho` is text, so that it is exact."""

    rho: str

    @property
    def exact_rho(self) -> Fraction | None:
        """None where it is no number."""
        try:
            return Fraction(self.rho)
        except (ValueError, ZeroDivisionError):
            return None


class CurvePoint(_Loss):
    value: int = Field(ge=1)
    low: int = Field(ge=0)
    high: int = Field(ge=1)


class BandEntry(_Entry):
    measure: str
    c: int = Field(ge=1)
    a: int = Field(ge=0)
    curve: list[CurvePoint]


class NoiseEntry(_Loss):
    """`measurements` names all where a table adds up several."""

    measurement: str
    measurements: list[str] = Field(default_factory=list)
    unit: str
    snapshot: str
    band: BandEntry | None = None


class TableEntry(_Entry):
    id: str = Field(pattern=NAME)
    flow: Literal["M", "X"]
    universe: str
    method: Method
    snapshot: str
    dimensions: list[DimensionEntry]
    measures: list[MeasureEntry] = Field(min_length=1)
    absent_rows: Literal["zero", "none"]
    noise: NoiseEntry | None


class EditionEntry(_Entry):
    series: str
    period: str
    tables: list[TableEntry]


def read_description(folder: Path) -> EditionEntry:
    """Raises UnreadableError with the first fault's place in the file; never with a text from it."""
    try:
        return EditionEntry.model_validate(json.loads((folder / PLACE).read_text("utf-8")))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as broken:
        raise UnreadableError(PLACE, f"cannot be read ({type(broken).__name__})") from broken
    except ValidationError as invalid:
        fault = invalid.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise UnreadableError(f"{PLACE}: {place}", f"is not as the format asks ({fault['type']})") from invalid
