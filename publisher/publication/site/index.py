"""index.json: everything on the site for scripts. New fields may come; these stay as they are."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from publisher.publication.cells.cumulative import CUMULATIVE
from publisher.publication.files.metadata import write_json
from publisher.publication.site.series import Series, Site
from publisher.release.edition.inventory import MANIFEST, SIGNATURE
from publisher.release.publish.index import PublishedEdition

INDEX = "index.json"
FORMAT = "trade-publisher/index/1"
LANGUAGES = ("en",)
_FILES = ("data/", "metadata/")  # of an edition; its manifest lists its pages and shards, too
_LINKS = {
    "calendar": "calendar.json",
    "calendar_ics": "calendar.ics",
    "feed": "feed.atom",
    "editions": "editions.json",
    "corrections": "corrections.html",
    "methodology": "methodology.html",
    "verify": "verify.html",
    "log": "log/entries.jsonl",
}


def write_index(site: Site) -> None:
    """Writes index.json. Sizes and digests are those of the manifests, not taken again; paths are from the root."""
    write_json(site.folder / INDEX, site_index(site))


def site_index(site: Site) -> dict[str, Any]:
    newest = site.lifecycle.newest
    return {
        "format": FORMAT,
        "publisher": site.office.name,
        "base_url": site.office.base_url,
        "licence": site.office.licence,
        "updated": newest.isoformat() if newest else None,
        "languages": list(LANGUAGES),
        "series": [_series(series) for series in site.series],
        "editions": [_edition(site, edition) for series in site.series for edition in series.editions],
        "tables": [entry for series in site.series for entry in _tables(site, series)],
        "cumulative": _cumulative(site.folder),
        "links": _LINKS,
    }


def _series(series: Series) -> dict[str, Any]:
    return {
        "id": series.id,
        "title": series.title,
        "summary": series.summary,
        "page": f"releases/{series.id}/index.html",
        "latest": series.latest.path if series.latest else None,
        "periods": [_period(series, period) for period in series.periods],
    }


def _period(series: Series, period: str) -> dict[str, Any]:
    """`edition` is the path of the one that holds: none where the newest version was withdrawn."""
    newest = series.of(period)[0]
    return {
        "period": period,
        "edition": newest.path if newest.status == "current" else None,
        "versions": [edition.ref.version for edition in reversed(series.of(period))],
    }


def _edition(site: Site, edition: PublishedEdition) -> dict[str, Any]:
    """Of a withdrawn edition there are no files but its manifest."""
    ref, issued = edition.ref, site.lifecycle.by_name.get(edition.ref.name)
    files = () if edition.withdrawn else edition.manifest.files
    return {
        "series": ref.series,
        "period": ref.period,
        "version": ref.version,
        "path": edition.path,
        "status": edition.status,
        "superseded_by": edition.superseded_by,
        "due": edition.manifest.moment.instant.isoformat(),
        "published": issued.at.isoformat() if issued else None,
        "manifest": f"{edition.path}/{MANIFEST}",
        "manifest_sha256": ref.manifest_sha256,
        "signature": f"{edition.path}/{SIGNATURE}",
        "files": [
            {"path": f"{edition.path}/{file.path}", "size": file.size, "sha256": file.sha256}
            for file in files
            if file.path.startswith(_FILES)
        ],
    }


def _tables(site: Site, series: Series) -> Iterator[dict[str, Any]]:
    """Those of the series' newest edition that stands, as its metadata/tables.json has them."""
    if series.latest is None:
        return
    path = series.latest.path
    for table in json.loads((site.folder / path / "metadata" / "tables.json").read_text("utf-8"))["tables"]:
        lists = {dimension["codelist"] for dimension in table["dimensions"]}
        yield {
            "id": table["id"],
            "series": series.id,
            "title": table["title"],
            "summary": table["summary"],
            "method": table["method"],
            "dimensions": table["dimensions"],
            "measures": [{name: measure[name] for name in _MEASURE} for measure in table["measures"]],
            "page": f"{path}/tables/{table['id']}.html",
            "latest": {end: f"releases/{series.id}/latest/data/{table['id']}.{end}" for end in ("csv", "parquet")},
            "codelists": {name: f"{path}/metadata/codelists/{name}.csv" for name in sorted(lists)},
        }


_MEASURE = ("id", "title", "aggregate", "unit", "decimals")


def _cumulative(folder: Path) -> list[Any]:
    """The files with the rows of all periods, where they were prepared."""
    path = folder / CUMULATIVE
    found: list[Any] = json.loads(path.read_text("utf-8"))["files"] if path.is_file() else []
    return found
