"""SHA256SUMS: one line a file, as `sha256sum --check SHA256SUMS` reads them in the edition's folder."""

from pathlib import Path

from publisher.publication.files.formats import fact_of

SHA256SUMS = "SHA256SUMS"


def write_checksums(public: Path) -> None:
    """Written last: names every file below `public` but itself. Manifest and signature come later, and name it."""
    places = (path.relative_to(public).as_posix() for path in public.rglob("*") if path.is_file())
    facts = [fact_of(public, place) for place in sorted(places) if place != SHA256SUMS]
    lines = [f"{fact.sha256}  {fact.path}\n" for fact in facts]
    (public / SHA256SUMS).write_text("".join(lines), encoding="utf-8", newline="\n")
