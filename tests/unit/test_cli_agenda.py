"""due, status, data-in, clock, access and install-timer as a user meets them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from publisher.cli.app import app_for
from publisher.errors import PublisherError
from publisher.release.transparency.log import read_log
from publisher.settings import Workspace
from tests.lib.whole import PASSPHRASE, SERIES, opened, small
from tests.unit.test_cli import started

KEYS = {"PUBLISHER_STORE_KEY": PASSPHRASE, "PUBLISHER_PERSON_KEY": PASSPHRASE}


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Whatever day it is, its next release is due in about half a month: nothing is to be reminded of or delayed."""
    here = small(tmp_path_factory.mktemp("agenda") / "workspace")
    plan, far = here.releases / SERIES / "plan.toml", (datetime.now(UTC).day + 14) % 28 + 1
    text = plan.read_text("utf-8")
    assert "lag_days = 15\n" in text
    plan.write_text(text.replace("lag_days = 15\n", f"lag_days = {far}\n"), "utf-8")
    return here


def said(here: Workspace, *words: str, keys: dict[str, str] = KEYS) -> Result:
    """In this process: starting another takes seconds."""
    return CliRunner().invoke(app_for(()), words, env={**keys, "PUBLISHER_WORKSPACE": str(here.root)})


def done(here: Workspace, *words: str, keys: dict[str, str] = KEYS) -> str:
    result = said(here, *words, keys=keys)
    assert result.exit_code == 0, (result.output, result.exception)
    return result.stdout


def refused(here: Workspace, *words: str) -> str:
    result = said(here, *words)
    assert isinstance(result.exception, PublisherError)
    assert result.exception.exit_code == 9
    return str(result.exception)


def test_due_and_status_need_no_key_and_no_store(here: Workspace) -> None:
    """Somebody has the store open, as ingest does, and no passphrase is named: publication rests on neither."""
    nobody = {"PUBLISHER_STORE_KEY": "", "PUBLISHER_PERSON_KEY": ""}
    with opened(here):
        first = started("due", "--json", here=here, **nobody)
    assert first.returncode == 0, first.stderr
    assert json.loads(first.stdout)["said"][0].startswith(f"announced 12 of {SERIES}")
    lines = read_log(here).lines
    assert done(here, "due", keys={}) == "Nothing was to be done.\n"
    assert read_log(here).lines == lines
    shown = started("status", "--no-budget", here=here, **nobody, COLUMNS="80").stdout
    assert "To come" in shown and "Keep a copy" in shown
    assert max(len(line.rstrip()) for line in shown.splitlines() if "checkpoint" not in line) <= 80


def test_the_dashboard_is_told_with_and_without_the_ledger(here: Workspace) -> None:
    found = json.loads(done(here, "status", "--json"))
    assert {"releases", "editions", "log", "budget", "budget_problem"} <= set(found)
    assert found["budget"] is not None
    without = json.loads(done(here, "status", "--json", "--no-budget", keys={}))
    assert without["budget"] is None and without["releases"] == found["releases"]


def test_what_a_person_tells_the_scheduler(here: Workspace) -> None:
    assert f"publisher build {SERIES} 2024-02" in done(here, "data-in", SERIES, "2024-02", "--as", "ann")
    assert "may not prepare" in refused(here, "data-in", SERIES, "2024-02", "--as", "bob")
    assert "begins with" in refused(here, "data-in", SERIES, "2019-12", "--as", "ann")
    assert "reason" in refused(here, "clock", "--reason", " ", "--as", "ann")
    done(here, "clock", "--reason", "it was wrong", "--as", "ann")
    assert [entry.event for entry in read_log(here).entries][-2:] == ["data_in", "clock_corrected"]


def test_nobody_has_early_access_until_the_plan_says_so(here: Workspace) -> None:
    assert "Nobody has early access" in done(here, "access", "list")
    assert json.loads(done(here, "access", "list", "--json")) == []
    assert "no such edition" in refused(here, "pack", f"{SERIES}/2024-01", "--as", "ann")


def test_units_are_written_and_nothing_of_another_is_overwritten(here: Workspace, tmp_path: Path) -> None:
    place = str(tmp_path / "units")
    text = done(here, "install-timer", "--out", place)
    assert "systemctl --user enable --now" in text and "* * * * *" in text
    written = sorted((tmp_path / "units").iterdir())
    assert [path.suffix for path in written] == [".service", ".timer"]
    done(here, "install-timer", "--out", place)
    written[0].write_text("by hand")
    assert "says something else" in refused(here, "install-timer", "--out", place)
