"""How long a publication takes where two series were published monthly for ten years.

    python -m tests.bench.publish [--editions 240] [--files 14] [--kilobytes 20]

Editions are real (sealed, approved, logged one by one), their files random bytes; pages are one line. Measured: what
is done before the time (link, verify), from the time to everybody's seeing it (render, lock, gate, commit, show), the
part of that after the commit, and making the whole site again from the log. What the pages of the real renderer
take is measured by tests.bench.publication.
"""

import argparse
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from publisher.release.edition.edition import Edition
from publisher.release.edition.manifest import EditionRef
from publisher.release.edition.seal import seal
from publisher.release.folders import remove_tree
from publisher.release.people import signing
from publisher.release.publish import commit
from publisher.release.publish import publish as publishing
from publisher.release.publish.converge import converge, show
from publisher.release.publish.index import sites_folder
from publisher.settings import Workspace
from tests.lib import release
from tests.lib.clock import FakeClock
from tests.lib.release import NOW, PLAN, approve, contents, make_workspace, render, signer, write_build

LONG = replace(PLAN, first_period="1991-01")
PLANS = {LONG.id: LONG}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--editions", type=int, default=240)
    parser.add_argument("--files", type=int, default=14, help="files of an edition")
    parser.add_argument("--kilobytes", type=int, default=20, help="of one file")
    parser.add_argument("--folder", type=Path, default=None, help="where: the disk to measure")
    asked = parser.parse_args()
    signing._SCRYPT_N = 2**4  # the stretching of throw-away keys is not what is measured
    with TemporaryDirectory(dir=asked.folder) as folder:
        workspace = make_workspace(Path(folder) / "w")
        with told("sealed and approved"):
            editions = all_sealed(workspace, asked.editions, asked.files, asked.kilobytes)
        publishing.publish(workspace, PLANS, editions[:-1], render, clock=FakeClock(NOW))
        measure(workspace, editions[-1:])


def measure(workspace: Workspace, last: Sequence[Edition]) -> None:
    """The last edition, after all others came out."""
    with told("before the time: linked and verified"):
        ready = publishing.prepare(workspace, PLANS, last)
    with ready, told("from the time to visible"), patch.object(commit, "show", timed_show):
        publishing.publish(workspace, PLANS, last, render, clock=FakeClock(NOW + timedelta(hours=2)), ready=ready)
    remove_tree(sites_folder(workspace))
    with told("the whole site again from the log"):
        converge(workspace, render, FakeClock(NOW + timedelta(hours=2)))


def timed_show(*given: object) -> None:
    with told("  of this, from commit to visible"):
        show(*given)  # type: ignore[arg-type]


def all_sealed(workspace: Workspace, count: int, files: int, kilobytes: int) -> list[Edition]:
    """One a month. Each was audited as coming after those before it."""
    editions: list[Edition] = []
    refs: list[EditionRef] = []
    for period in (f"{1991 + at // 12}-{at % 12 + 1:02d}" for at in range(count)):
        with patch.object(release, "out_before", lambda *_: refs):
            editions.append(sealed(workspace, period, files, kilobytes))
        refs.append(editions[-1].manifest.ref)
    return editions


def sealed(workspace: Workspace, period: str, files: int, kilobytes: int) -> Edition:
    staged = write_build(workspace, period)
    for number in range(files - 6):
        (staged / "public" / "data" / f"part-{number}.bin").write_bytes(os.urandom(kilobytes * 1024))
    edition = seal(workspace, staged, contents(workspace, staged, period, plan=LONG), signer(), now=NOW)
    approve(edition, "bob", now=NOW)
    return edition


@contextmanager
def told(what: str) -> Iterator[None]:
    begun = time.monotonic()
    yield
    print(f"{what:<40} {time.monotonic() - begun:8.2f} s", flush=True)


if __name__ == "__main__":
    main()
