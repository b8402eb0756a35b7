"""metadata/tables.json and metadata/codelists/: what the audit and every other reader needs beside the numbers."""

import csv
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict
from io import StringIO
from pathlib import Path
from typing import Any

from publisher.model.codelist import Codelist
from publisher.model.privacy import NoiseStatement
from publisher.model.structure import Dimension, Measure
from publisher.publication.privacy.loss_curve import band_metadata
from publisher.publication.tables.published import Published


def write_json(path: Path, value: Any) -> None:
    """UTF-8, two spaces, keys in the order given, one newline at the end."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def write_tables_json(path: Path, tables: Sequence[Published], series: str, period: str) -> None:
    """The structure of every table of the edition, with the noise statement of the noisy ones."""
    entries = [_table(table) for table in tables]
    write_json(path, {"series": series, "period": period, "tables": entries})


def write_codelists(folder: Path, codelists: Mapping[str, Codelist]) -> None:
    """<ID>.csv: code,name,level,parent; the whole codelist, coarse levels first, then by code."""
    for identifier, codelist in codelists.items():
        (folder / f"{identifier}.csv").write_text(_codelist_csv(codelist), encoding="utf-8", newline="\n")


def _codelist_csv(codelist: Codelist) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["code", "name", "level", "parent"])
    for level in codelist.levels:
        writer.writerows([code.code, code.name, code.level, code.parent or ""] for code in codelist.at(level))
    return text.getvalue()


def _table(published: Published) -> dict[str, Any]:
    structure = published.structure
    return {
        "id": structure.id,
        "title": structure.title,
        "summary": structure.summary,
        "flow": structure.flow,
        "universe": structure.universe,
        "method": published.table.method,
        "snapshot": published.table.snapshot,
        "dimensions": [_dimension(dimension) for dimension in structure.dimensions],
        "measures": [_measure(measure, published.table.own_status) for measure in structure.measures],
        "ranges": None if published.noisy else [asdict(each) for each in published.table.ranges],
        "absent_rows": "none" if published.noisy else "zero",
        "noise": _noise(published.table.noise) if published.table.noise else None,
    }


def _dimension(dimension: Dimension) -> dict[str, Any]:
    return {
        "column": dimension.column,
        "title": dimension.title,
        "codelist": dimension.hierarchy.codelist,
        "levels": list(dimension.hierarchy.levels),
    }


def _measure(measure: Measure, own_status: Collection[str]) -> dict[str, Any]:
    """`own_status` stands only where it is true."""
    return {
        "id": measure.id,
        "title": measure.title,
        "aggregate": measure.aggregate,
        "unit": measure.unit,
        "decimals": measure.decimals,
        "column": measure.column,
        "shadows": measure.shadows,
        **({"own_status": True} if measure.id in own_status else {}),
        **({"margins": measure.margins} if measure.aggregate == "count_distinct" else {}),
        **_quantile(measure),
    }


def _quantile(measure: Measure) -> dict[str, Any]:
    """Of quantiles alone: which, and the numbers that can be printed."""
    if measure.quantile is None:
        return {}
    return {"quantile": str(measure.quantile), "candidates": list(measure.candidates)}


def _noise(noise: NoiseStatement) -> dict[str, Any]:
    """Every field; exact fractions as text ("1/20")."""
    return {
        "unit": noise.unit,
        "mechanism": noise.mechanism,
        "rho": str(noise.rho),
        "epsilon": noise.epsilon,
        "delta": noise.delta,
        "sigma": noise.sigma,
        "clip": noise.clip,
        "clip_choice": noise.clip_choice,
        "spent_rho": str(noise.spent_rho),
        "cap_rho": str(noise.cap_rho),
        "measurement": noise.measurement,
        **({"measurements": list(noise.measurements)} if noise.measurements else {}),
        "snapshot": noise.snapshot,
        "notes": list(noise.notes),
        "curve": [{"delta": delta, "epsilon": epsilon} for delta, epsilon in noise.curve],
        "lifetime_rho": None if noise.lifetime_rho is None else str(noise.lifetime_rho),
        "lifetime_cap_rho": None if noise.lifetime_cap_rho is None else str(noise.lifetime_cap_rho),
        "sigma_by_level": dict(noise.sigma_by_level),
        "clip_by_level": dict(noise.clip_by_level),
        "quantile_scales": dict(noise.quantile_scales),
    } | (band_metadata(noise.band) if noise.band else {})
