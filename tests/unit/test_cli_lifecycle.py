"""publish, hold, revise and withdraw as words of the command line, in this process: starting one takes longer."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.errors import PublisherError
from publisher.release.edition.edition import find_edition
from publisher.settings import Workspace
from tests.lib.whole import FIRST, PASSPHRASE, SERIES, TWO, approve, build, small

NAME = f"{SERIES}/{FIRST}"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    here = small(tmp_path / "workspace", TWO)
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(here.root))
    monkeypatch.setenv("PUBLISHER_PERSON_KEY", PASSPHRASE)
    return here


def said(*words: str) -> str:
    """What a command prints. Raises what it refuses."""
    done = CliRunner().invoke(app_for(()), words)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def refused(code: int, word: str, *words: str) -> None:
    with pytest.raises(PublisherError, match=word) as refusal:
        said(*words)
    assert refusal.value.exit_code == code


def test_an_edition_is_held_published_corrected_and_withdrawn(here: Workspace) -> None:
    """It is of a year before this log began: it comes out once it is approved."""
    by = ("--as", "ann")
    build(here, FIRST)
    refused(9, "nothing is approved and due", "publish", *by)
    approve(find_edition(here, SERIES, FIRST))
    assert json.loads(said("hold", NAME, "--reason", "A doubt.", *by, "--json"))["edition"] == f"{NAME}/v1"
    refused(9, "0 of 1 approvals", "publish", NAME, *by)
    refused(9, "nothing of this period", "revise", SERIES, FIRST, "--reason", "No.", *by)
    approve(find_edition(here, SERIES, FIRST))
    assert json.loads(said("publish", *by, "--json"))["editions"] == [f"{NAME}/v1"]
    assert "is published already" in said("publish", NAME, *by)
    refused(9, "published already", "hold", NAME, "--reason", "Too late.", *by)
    refused(2, "no kind", "revise", SERIES, FIRST, "--kind", "first", "--reason", "A unit.", *by)
    refused(2, "is no time", "revise", SERIES, FIRST, "--due", "soon", "--reason", "A unit.", *by)
    asked = json.loads(
        said("revise", SERIES, FIRST, "--due", "2030-01-15T09:30", "--reason", "A unit.", *by, "--json")
    )
    assert (asked["release"], asked["kind"], asked["waiting"]) == (f"{NAME}/r2", "correction", [])
    assert asked["due"].startswith("2030-01-15T09:30:00")
    why = ("--reason", "Wrong.", "--known", "All of it.", *by)
    refused(2, "name the version", "withdraw", NAME, *why)
    assert "is withdrawn" in said("withdraw", f"{NAME}/v1", *why)
    shown = here.site / "releases" / NAME / "v1"
    assert "Wrong." in (shown / "index.html").read_text()
    assert not (shown / "data").exists()
