"""Searches every byte of an edition for canaries, identifiers and hidden values."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from publisher.audit.artifacts import Artifact, UnscannableError, artifacts, texts, views
from publisher.audit.numbers import canonical, numbers
from publisher.audit.secrets import Secrets
from publisher.audit.statistics import check_parquet
from publisher.model.audit_report import Finding
from publisher.model.progress import NO_PROGRESS, Progress

TOKEN = re.compile(r"[^\W_]+")
SHORTEST = 5
_ASCII = {place: chr(place).lower() if chr(place).isalnum() else " " for place in range(128)}
STAGE = "Scan every byte"


@dataclass(frozen=True)
class HiddenNumbers:
    """`hidden`: canonical number -> codes of one hidden cell that has it. `published`: numbers anyone may see."""

    hidden: Mapping[str, tuple[str, ...]] = field(repr=False)
    published: frozenset[str] = field(repr=False)


@dataclass
class Scan:
    """What one scan met. `tokens`: normalised word -> files (first few) that hold it."""

    findings: list[Finding] = field(default_factory=list)
    tokens: dict[str, list[str]] = field(default_factory=dict, repr=False)
    files: int = 0
    bytes: int = 0
    coinciding: int = 0
    too_short: int = 0
    identifiers: int = 0


def scan(
    folder: Path, secrets: Secrets, values: HiddenNumbers, explained: frozenset[str], progress: Progress = NO_PROGRESS
) -> Scan:
    """`explained`: normalised words that stand in the edition for a public reason (codes, names, numbers shown)."""
    result = Scan()
    everything = list(folder.rglob("*"))
    sizes = {str(path.stat().st_size) for path in everything if path.is_file()}
    allowed = values.published | {size for size in map(canonical, sizes) if size}
    needles = [(form, canary) for canary in secrets.canaries for form in _encodings(canary)]
    for done, artifact in enumerate(artifacts(folder)):
        progress(STAGE, done, len(everything))
        if isinstance(artifact, Artifact):
            _scan_one(artifact, needles, values.hidden, allowed, result)
        else:
            result.findings.append(Finding("byte_scan", *artifact))
    _look_up(secrets, explained | sizes, folder, result)
    progress(STAGE, len(everything), len(everything))
    return result


def normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def words(text: str) -> list[str]:
    if text.isascii():
        return text.translate(_ASCII).split()
    return TOKEN.findall(normalised(text))


def _encodings(canary: str) -> list[bytes]:
    return [canary.encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be")]


def _scan_one(
    artifact: Artifact,
    needles: Sequence[tuple[bytes, str]],
    hidden: Mapping[str, tuple[str, ...]],
    allowed: Iterable[str],
    result: Scan,
) -> None:
    result.files += 1
    result.bytes += len(artifact.data)
    found: set[str] = set()
    numbers_met: set[str] = set()
    met: set[str] = set()
    try:
        for view in views(artifact):
            found.update(canary for form, canary in needles if form in view.data)
            for text in texts(view.data):
                met.update(words(text))
                found.update(canary for _, canary in needles if canary in text)
                if view.numbers:
                    numbers_met |= numbers(text)
    except UnscannableError as problem:
        result.findings.append(Finding("byte_scan", artifact.place, str(problem)))
    for word in met:
        result.tokens.setdefault(word, []).append(artifact.place)
    result.findings += [Finding("byte_scan", artifact.place, "holds a planted canary") for _ in sorted(found)]
    for number in sorted(numbers_met & hidden.keys() - set(allowed)):
        result.findings.append(
            Finding("byte_scan", artifact.place, "holds the value of a hidden cell", hidden[number])
        )
    if artifact.parquet is not None:
        result.findings += check_parquet(artifact.place, artifact.data, artifact.parquet)


def _look_up(secrets: Secrets, explained: frozenset[str], folder: Path, result: Scan) -> None:
    """Identifiers among the words met. The findings say in which file, never which identifier."""
    places: dict[str, int] = {}
    for batch in secrets.batches():
        for identifier in batch:
            result.identifiers += 1
            parts = words(identifier)
            if sum(map(len, parts)) < SHORTEST:
                result.too_short += 1
                continue
            if not all(part in result.tokens for part in parts):
                continue
            if all(part in explained for part in parts):
                result.coinciding += 1
                continue
            for place in _files_with(parts, folder, result):
                places[place] = places.get(place, 0) + 1
    for place, count in sorted(places.items()):
        result.findings.append(Finding("byte_scan", place, f"holds {count} identifier(s) of persons or companies"))


def _files_with(parts: Sequence[str], folder: Path, result: Scan) -> list[str]:
    """Files that hold the words in a row."""
    common = [place for place in result.tokens[parts[0]] if all(place in result.tokens[part] for part in parts)]
    if len(parts) == 1:
        return common
    wanted = f" {' '.join(parts)} "
    return [place for place in common if wanted in _flat(folder, place)]


def _flat(folder: Path, place: str) -> str:
    """All words of one file in their order, between single spaces."""
    one = next(a for a in artifacts(folder) if isinstance(a, Artifact) and a.place == place)
    return " ".join(f" {' '.join(words(text))} " for view in views(one) for text in texts(view.data))
