"""What a whole site is made of, so that a test that compares or scans one can say that nothing was absent."""

from pathlib import Path

EDITION = "releases/*/*/v*/"
PARTS = {
    "charts": f"{EDITION}charts/*.svg",
    "headlines": f"{EDITION}metadata/headlines.json",
    "CSV": f"{EDITION}data/*.csv",
    "Parquet": f"{EDITION}data/*.parquet",
    "Excel": f"{EDITION}data/*.xlsx",
    "SDMX data": f"{EDITION}data/*.sdmx.csv",
    "SDMX structure": f"{EDITION}metadata/sdmx.xml",
    "rows for the script": f"{EDITION}tables/*.0.js",
    "first pages of orders": f"{EDITION}tables/*.first.js",
    "table pages": f"{EDITION}tables/*.html",
    "commodity profiles": "commodities/[0-9]*.html",
    "partner profiles": "partners/[A-Z]*.html",
    "cumulative files": "data/*/*.parquet",
    "index.json": "index.json",
    "search index": "search-index*.js",
    "printed index": "search.html",
    "comparisons": "releases/*/*/changes/*/*.csv",
    "revisions": "releases/*/revisions/index.html",
    "French pages": "fr/*.html",
    "French pages of editions": f"{EDITION}fr/*.html",
}


def absent_parts(folder: Path) -> list[str]:
    """Names of the parts of which a site has no file."""
    return [name for name, pattern in PARTS.items() if not any(folder.glob(pattern))]


def part_of(name: str) -> set[str]:
    """The parts that a file belongs to, by its path below the site."""
    return {part for part, pattern in PARTS.items() if Path("/", name).match(f"/{pattern}")}
