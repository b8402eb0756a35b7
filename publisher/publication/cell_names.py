"""Names of cells, from the codelists that an edition publishes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.csv as pa_csv

from publisher.model.codelist import TOTAL
from publisher.publication.public_cells import Described
from publisher.publication.tables.display import short_name
from publisher.publication.words import ENGLISH, Words


@dataclass(frozen=True)
class CodeWord:
    """One code of a cell; `code` is empty for the total, whose code says nothing."""

    name: str
    code: str


Names = Mapping[str, Mapping[str, str]]  # codelist -> code -> name


def read_names(folders: Sequence[Path], table: Described) -> Names:
    """The names of the table's codes, the first folder's where several have one."""
    return names_of(folders, {dimension.codelist for dimension in table.dimensions})


def names_of(folders: Sequence[Path], codelists: Collection[str]) -> Names:
    """The names of all codes of some codelists, the first folder's where several have one."""
    found: dict[str, dict[str, str]] = {codelist: {} for codelist in sorted(codelists)}
    for folder in reversed(folders):
        for codelist, names in found.items():
            path = folder / "metadata" / "codelists" / f"{codelist}.csv"
            if path.is_file():
                read = pa_csv.read_csv(path, convert_options=pa_csv.ConvertOptions(column_types=_TEXTS))
                codes, texts = (cast("list[str]", read[name].to_pylist()) for name in ("code", "name"))
                names.update(zip(codes, texts, strict=True))
    return found


_TEXTS = {"code": pa.string(), "name": pa.string()}


def cell_words(table: Described, names: Names, codes: Sequence[str], words: Words = ENGLISH) -> tuple[CodeWord, ...]:
    """One word a dimension. A code without a name stands for itself."""
    pairs = zip(table.dimensions, codes, strict=True)
    named = ((words.code_name(d.codelist, code, names[d.codelist].get(code, code)), code) for d, code in pairs)
    return tuple(CodeWord(short_name(name), "" if code == TOTAL else code) for name, code in named)
