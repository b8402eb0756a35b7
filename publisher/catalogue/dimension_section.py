"""One [[dimension]] of a query file -> Dimension."""

from collections.abc import Sequence
from dataclasses import replace

from publisher.catalogue.codelists import codelist
from publisher.catalogue.pools import is_pooled, published_codelist
from publisher.catalogue.section import Section
from publisher.catalogue.where import FILTERS, Condition
from publisher.model.codelist import Codelist
from publisher.model.declaration import BY_NAME, Column
from publisher.model.structure import Dimension

DIMENSIONS: tuple[str, ...] = tuple(name for name in FILTERS if BY_NAME[name].required)


def read_dimension(section: Section, conditions: Sequence[Condition], *, pooled: bool) -> Dimension | None:
    """None where the column is wrong. Codes that the universe rules out are not in the hierarchy.

    `pooled`: the codes under which confidential trade is pooled are in it.
    """
    column = _read_column(section)
    title = section.text("title", column.title if column else "-")
    if column is None or column.codelist is None:
        return None  # without a column the codelist and the levels cannot be judged
    section.choice("codelist", (column.codelist,))
    levels = section.texts("levels", codelist(column.codelist).levels)
    section.close()
    listed = (published_codelist if pooled else codelist)(column.codelist)
    admitted = _admitted(listed, [c for c in conditions if c.column == column.name])
    if len(admitted.codes) == 0:
        section.fault("column", f"the universe leaves no code of {column.name}", "a wider 'where'")
    kept = [level for level in admitted.levels if level in levels]
    return Dimension(column.name, title, admitted.hierarchy(kept))


def _read_column(section: Section) -> Column | None:
    name = section.text("column")
    column = BY_NAME.get(name)
    if not name:
        return None
    if column is None:
        section.fault("column", f"there is no column {name}", ", ".join(DIMENSIONS))
    elif column.name not in DIMENSIONS:
        section.fault("column", _refusal(column), ", ".join(DIMENSIONS))
    else:
        return column
    return None


def _refusal(column: Column) -> str:
    """Why a column may not be a dimension."""
    if column.name in FILTERS:
        return f"{column.name} may be empty in a declaration, so its cells would not add up to the total"
    reasons = {
        "identifier": f"{column.name} names a person, company or document and may never be output",
        "confidential": f"{column.name} is confidential and may never be output",
        "measure": f"{column.name} is a measure, not a dimension",
        "dimension": f"{column.name} is fixed by the universe or the edition",
    }
    return reasons[column.classification]


def _admitted(listed: Codelist, conditions: Sequence[Condition]) -> Codelist:
    """The codelist without the codes below which the universe leaves no code of the finest level.

    A pooled code stays where goods may be moved to it: a chapter's with its chapter, the partners' with any partner.
    """
    if not conditions:
        return listed
    alive: set[str] = set()
    leaves = listed.at(listed.levels[-1])
    pools = [leaf.code for leaf in leaves if is_pooled(listed, leaf.code)]
    for leaf in leaves:
        if leaf.code not in pools and all(condition.admits(leaf.code) for condition in conditions):
            _keep(listed, leaf.code, alive)
    for code in pools:
        if alive and (listed.id != "HS" or code[:2] in alive):
            _keep(listed, code, alive)
    return replace(listed, codes=tuple(code for code in listed.codes if code.code in alive))


def _keep(listed: Codelist, code: str, alive: set[str]) -> None:
    """Adds the code and all above it."""
    here: str | None = code
    while here is not None and here not in alive:
        alive.add(here)
        here = listed.by_code[here].parent
