"""A whole workspace, filled and ready to build: made once, copied for each test that changes it."""

import json
import os
import re
import shutil
import signal
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from unittest.mock import patch

import pytest

from publisher.catalogue.load import load_plan
from publisher.cli.workspace import make_workspace
from publisher.model.clock import SystemClock
from publisher.pipeline import build_release
from publisher.publication.publishing import publish_release
from publisher.release.approval import approvals
from publisher.release.approval.revise import revise
from publisher.release.edition.edition import Edition, newest_edition
from publisher.release.people.people import add_person, open_signer
from publisher.release.publish.publish import Publication
from publisher.settings import Workspace, load_settings
from publisher.store import keyring
from publisher.store.connection import Store, create_store, open_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.synth.declarations import synthesise

SERIES = "monthly_trade"
PASSPHRASE = "a passphrase for tests alone"
PREPARER, APPROVER = "ann", "bob"
FIRST, SECOND = "2024-01", "2024-02"
TWO = ("imports_by_office_mode", "declarations_by_office_mode")  # one exact, one noisy, and quickly built


def korean_files() -> list[Path]:
    """The Korean sample, beside the checkout or in $PUBLISHER_KCS. Skips the test where it is not there."""
    folder = Path(os.environ.get("PUBLISHER_KCS", Path(__file__).parents[3] / "shared" / "data" / "kcs"))
    files = sorted(folder.glob("declarations_*.csv"))
    if not files:
        pytest.skip(f"the Korean sample is not in {folder}; name its folder in PUBLISHER_KCS")
    return files


def filled(folder: Path, files: list[Path], profile: str, *, founded: datetime | None = None) -> Workspace:
    """A workspace with two people, entered now or when it was `founded`, and the files taken in. Cheap to open: no
    test guesses its passphrase."""
    here = make_workspace(folder)
    now = founded or datetime.now(UTC)
    add_person(here, PREPARER, ("prepare", "publish"), PASSPHRASE, now=now)
    founder = open_signer(here, PREPARER, PASSPHRASE, "administer")
    add_person(here, APPROVER, ("approve",), PASSPHRASE, by=founder, now=now)
    with (
        patch.object(keyring, "SCRYPT_N", 2**10),
        create_store(here, PASSPHRASE, load_settings(here)) as store,
    ):
        ingest(store, files, load_profile(profile), who=PREPARER)
    return here


@cache
def small_template() -> Path:
    """2,000 synthetic declarations over two months. The folder belongs to this process and is never changed."""
    folder = Path(mkdtemp(prefix="publisher-small-"))
    source = folder / "declarations.parquet"
    synthesise(source, rows=2_000, seed=3, first_period=FIRST, periods=2)
    filled(folder / "workspace", [source], "native")
    return folder / "workspace"


def small(folder: Path, queries: Sequence[str] = ()) -> Workspace:
    """A copy of the small workspace in `folder`, which must not exist. Its plan names `queries` alone, or all."""
    shutil.copytree(small_template(), folder, symlinks=True)
    here = Workspace(folder)
    if queries:
        plan_only(here, queries)
    return here


def plan_only(here: Workspace, queries: Sequence[str]) -> None:
    """Cuts the plan down to some queries."""
    plan = here.releases / SERIES / "plan.toml"
    listed = f"queries = {json.dumps(queries)}"
    plan.write_text(re.sub(r"queries = \[.*?\]", listed, plan.read_text("utf-8"), flags=re.S), "utf-8")


def opened(here: Workspace) -> Store:
    return open_store(here, PASSPHRASE, load_settings(here))


def build(here: Workspace, period: str, progress=None) -> Edition:  # type: ignore[no-untyped-def]
    more = {"progress": progress} if progress else {}
    signer = open_signer(here, PREPARER, PASSPHRASE, "prepare")
    with opened(here) as store:
        return build_release(store, SERIES, period, signer, now=datetime.now(UTC), **more)


def ask_for_correction(here: Workspace, period: str, series: str = SERIES) -> None:
    """A further release of a published period, due at once."""
    now, signer = datetime.now(UTC), open_signer(here, PREPARER, PASSPHRASE, "publish")
    plan = load_plan(here, series)
    revise(here, plan, period, kind="correction", due=now, reason="A number was wrong.", by=signer, now=now)


def approve(edition: Edition, person: str = APPROVER) -> None:
    """By someone who reviewed the edition as it lies there."""
    digest = edition.manifest.ref.manifest_sha256
    approvals.approve(edition, person, PASSPHRASE, reviewed=digest, now=datetime.now(UTC))


def approve_and_publish(edition: Edition, progress=None) -> Publication:  # type: ignore[no-untyped-def]
    approve(edition)
    return publish_only(edition.workspace, edition.period, progress)


def publish_only(here: Workspace, period: str, progress=None) -> Publication:  # type: ignore[no-untyped-def]
    more = {"progress": progress} if progress else {}
    edition = newest_edition(here, SERIES, period)
    assert edition is not None
    signer = open_signer(here, PREPARER, PASSPHRASE, "publish")
    return publish_release([edition], clock=SystemClock(), by=signer, **more)


class KillAt:
    """A progress that kills its process, for good, when it is called for the n-th time."""

    def __init__(self, call: int) -> None:
        self.left = call

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.left -= 1
        if self.left < 0:
            os.kill(os.getpid(), signal.SIGKILL)


class Stages:
    """A progress that notes the calls: (stage, done)."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.calls.append((stage, done))

    @property
    def boundaries(self) -> list[int]:
        """The first call of each stage, by number, and the last of all."""
        firsts = {stage: number for number, (stage, _) in reversed(list(enumerate(self.calls)))}
        return sorted({*firsts.values(), len(self.calls) - 1})
