"""The desk of a real workspace: plans that change, builds in their own process, the office's command."""

import sys
import time
from pathlib import Path

import pytest

from publisher.cli.desk import PlansNow, builds_of, notify
from publisher.cli.workspace import make_workspace
from publisher.model.release_event import ReleaseId
from publisher.settings import Workspace

RELEASE = ReleaseId("monthly_trade", "2021-02", 1)


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w")


def test_plans_are_read_again_when_a_file_changes_and_a_fault_is_told_once(here: Workspace) -> None:
    told: list[str] = []
    plans, path = PlansNow(here, told.append), here.releases / "monthly_trade" / "plan.toml"
    first = plans()
    assert list(first) == ["monthly_trade"] and plans() is first
    text = path.read_text()
    path.write_text("this is no TOML")
    assert not plans() and not plans()
    assert len(told) == 1 and "monthly_trade" in told[0]
    path.write_text(text)
    assert list(plans()) == ["monthly_trade"]


def test_one_build_at_a_time_whoever_starts_it(
    here: Workspace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The lock is the child's: it holds although the scheduler that began it has forgotten it."""
    stop = tmp_path / "stop"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\nwhile [ ! -e '{stop}' ]; do sleep 0.02; done\necho \"$@\" > '{tmp_path}/words'\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))
    first = builds_of(here)(RELEASE)
    assert first is not None and first.poll() is None
    assert builds_of(here)(RELEASE) is None
    stop.touch()
    while first.poll() is None:
        time.sleep(0.01)
    words = (tmp_path / "words").read_text()
    assert words == f"-m publisher build monthly_trade 2021-02 --as service --workspace {here.root}\n"
    assert builds_of(here)(RELEASE) is not None


def test_the_command_gets_the_text_and_its_failure_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notify((), "nobody")
    notify(("sh", "-c", f"cat > '{tmp_path}/said'"), "2021-02 is delayed")
    assert (tmp_path / "said").read_text() == "2021-02 is delayed\n"
    notify(("sh", "-c", "exit 3"), "x")
    notify((str(tmp_path / "missing"),), "x")
    said = capsys.readouterr().err
    assert "exit code 3" in said and "could not be run" in said
