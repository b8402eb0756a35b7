"""ledger cap, forecast, check and plan check, in this process."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from publisher.cli.app import app_for
from publisher.cli.console import out
from publisher.errors import PublisherError
from publisher.ledger.ledger import open_ledger
from publisher.settings import Workspace
from tests.lib.privacy_ledger import charge, key_of
from tests.lib.whole import PASSPHRASE, SERIES, opened, small

UNIT, QUERY = "importer per calendar year", "traders_by_chapter_region"
Run = Callable[..., Any]


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return small(tmp_path / "workspace")


@pytest.fixture
def run(here: Workspace, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setattr(out, "width", 200)

    def ran(*words: str, key: str = PASSPHRASE) -> Any:
        """What the command prints, as JSON where it was asked for. Raises what it refuses with."""
        keys = {"PUBLISHER_STORE_KEY": key, "PUBLISHER_PERSON_KEY": PASSPHRASE}
        done = CliRunner().invoke(app_for(()), [*words, "--workspace", str(here.root)], env=keys)
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
    words = ("--per-year", "1", "--lifetime", "9", "--revisions", "1/4", "--reserve", f"{QUERY}=1/8", "--as", "bob")
    found = run("ledger", "cap", UNIT, *words, "--reason", "decided in May", "--json")
    assert (found["by"], found["lifetime"], found["per_query"]) == ("bob", "9", {QUERY: "1/8"})
    assert "decided in May" in run("ledger", "show")
    assert run("ledger", "show", "--json")["caps"] == [found]
    checked = run("ledger", "check", "--json")
    assert (checked["entries"], checked["editions"]) == (4, 0)  # opening, the plan's cap, lowered, changed
    assert "no edition lies in this folder" in refused(9, run, "ledger", "check", "--releases", str(here.queries))


def test_a_limit_that_nothing_has_is_not_set(here: Workspace, run: Run) -> None:
    """Each would stay in the ledger for good."""
    for unit, words, problem in (
        (UNIT, (), "no limit is named"),
        (UNIT, ("--as", "bob", "--reason", "why"), "no limit is named"),
        ("importers", ("--per-year", "1"), "Write one of: exporter per calendar year, importer per calendar year"),
        (UNIT, ("--reserve", "nothing=1/8"), "no noisy query"),
        (UNIT, ("--reserve", "export_licences_by_category_destination=1/8"), "no noisy query"),
        (UNIT, ("--reserve", QUERY), "QUERY=RHO"),
        (UNIT, ("--per-year", "1/0"), "--per-year: '1/0' is no exact fraction"),
        (UNIT, ("--lifetime", "-1"), "no exact fraction"),
    ):
        assert problem in refused(2, run, "ledger", "cap", unit, *words)
    assert "a reason is needed" in refused(2, run, "ledger", "abandon", "0" * 64, "--reason", " ")
    assert "begins with these digits" in refused(7, run, "ledger", "abandon", "0" * 64, "--reason", "x")
    assert run("ledger", "show", "--json") == {"charges": [], "spent": [], "caps": []}


def test_a_raise_above_the_plan_is_named_and_says_that_the_plan_lowers_it(run: Run) -> None:
    """Before any build the plan's caps count: what it promised is not raised without a name."""
    higher = ("ledger", "cap", UNIT, "--per-year", "6/5")
    assert "needs a person and a reason" in refused(7, run, *higher)
    assert run(*higher, "--as", "bob", "--reason", "why", "--json")["revision_reserve"] == "1/5"
    (told,) = run("ledger", "forecast", "--json")["differences"]
    assert "rho_per_year = 1 for" in told
    assert "the next build lowers the ledger's to 1" in told


def test_what_became_of_each_charge_is_shown_with_its_key(here: Workspace, run: Run) -> None:
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        for name in ("a", "b", "c"):
            charge(ledger, name)
        ledger.seal(key_of("a"), b"numbers")
        ledger.abandon(key_of("b"), "power cut")
        charge(ledger, "b")
    shown = run("ledger", "show", "--json")["charges"]
    assert [(one["measurement"], one["attempt"], one["result"]) for one in shown] == [
        (key_of("a"), 1, "sealed"),
        (key_of("b"), 1, "given up"),
        (key_of("c"), 1, "not sealed"),
        (key_of("b"), 2, "not sealed"),
    ]
    digits = key_of("c")[:12]
    assert digits in run("ledger", "show")
    run("ledger", "abandon", digits, "--reason", "power cut")
    assert run("ledger", "show", "--json")["charges"][2]["result"] == "given up"


def test_a_schedule_that_does_not_fit_fails_months_ahead(run: Run) -> None:
    """Three tables of importers at 1/50 a month: 18/25 a year, of 7/10."""
    assert "No fault" in run("plan", "check")
    run("ledger", "cap", UNIT, "--per-year", "7/10", "--revisions", "0", "--json")
    foretold = run("ledger", "forecast", "--json")
    assert foretold["accounts"][-1]["editions_left"] == 11
    assert f"{SERIES}/plan.toml says rho_per_year = 1 " in foretold["differences"][0]
    assert all(one["period"].endswith("-12") for one in foretold["shortfalls"])
    assert "does not fit" in run("ledger", "forecast")
    assert "the schedule does not fit" in refused(7, run, "plan", "check")
    assert "the schedule does not fit" in refused(7, run, "plan", "check", "--json")
    assert "No fault" in run("plan", "check", "--plans-only", key="")
