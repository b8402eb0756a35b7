"""ledger cap, forecast, check and plan check, in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.cli.app import app
from publisher.errors import PublisherError
from publisher.settings import Workspace
from tests.lib.whole import PASSPHRASE, SERIES, small

UNIT = "importer per calendar year"
Run = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return small(tmp_path / "workspace")


@pytest.fixture
def run(here: Workspace) -> Run:
    def ran(*words: str, key: str = PASSPHRASE) -> Any:
        """What the command prints, as JSON where it was asked for. Raises what it refuses with."""
        keys = {"PUBLISHER_STORE_KEY": key, "PUBLISHER_PERSON_KEY": PASSPHRASE, "COLUMNS": "200"}
        done = CliRunner().invoke(app, [*words, "--workspace", str(here.root)], env=keys)
        if done.exception is not None:
            raise done.exception
        return json.loads(done.stdout) if "--json" in words else done.stdout

    return ran


def refused(code: int, run: Run, *words: str) -> str:
    with pytest.raises(PublisherError) as raised:
        run(*words)
    assert raised.value.exit_code == code
    assert raised.value.remedy
    return str(raised.value)


def test_caps_are_lowered_freely_and_raised_by_name(here: Workspace, run: Run) -> None:
    assert run("ledger", "cap", UNIT, "--per-year", "7/10", "--json")["per_year"] == "7/10"
    assert "needs a person and a reason" in refused(7, run, "ledger", "cap", UNIT, "--per-year", "3/4")
    ann = ("ledger", "cap", UNIT, "--per-year", "3/4", "--as", "ann", "--reason", "x")
    assert "may not approve" in refused(9, run, *ann)
    assert "no exact fraction" in refused(2, run, "ledger", "cap", UNIT, "--per-year", "0.7")
    assert "no cap yet" in refused(2, run, "ledger", "cap", "exporter per calendar year", "--lifetime", "3")
    words = ("--per-year", "1", "--lifetime", "9", "--revisions", "1/5", "--reserve", "q=1/8", "--as", "bob")
    found = run("ledger", "cap", UNIT, *words, "--reason", "decided in May", "--json")
    assert (found["by"], found["lifetime"], found["per_query"]) == ("bob", "9", {"q": "1/8"})
    assert "decided in May" in run("ledger", "show")
    assert run("ledger", "show", "--json")["caps"] == [found]
    checked = run("ledger", "check", "--json")
    assert (checked["entries"], checked["editions"]) == (3, 0)
    assert "no edition lies here" in refused(9, run, "ledger", "check", "--releases", str(here.queries))


def test_a_schedule_that_does_not_fit_fails_months_ahead(run: Run) -> None:
    """Three tables of importers at 1/50 a month: 18/25 a year, of 7/10."""
    assert "no fault" in run("plan", "check")
    run("ledger", "cap", UNIT, "--per-year", "7/10", "--json")
    foretold = run("ledger", "forecast", "--json")
    assert foretold["accounts"][-1]["editions_left"] == 11
    assert f"{SERIES}/plan.toml says per_year = 1 " in foretold["differences"][0]
    assert all(one["period"].endswith("-12") for one in foretold["shortfalls"])
    assert "does not fit" in run("ledger", "forecast")
    assert "the schedule does not fit" in refused(7, run, "plan", "check")
    assert "the schedule does not fit" in refused(7, run, "plan", "check", "--json")
    assert "no fault" in run("plan", "check", "--plans-only", key="")
