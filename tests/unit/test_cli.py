"""The command line as a user meets it: help that teaches, clear errors with exit codes, JSON on demand."""

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

import click
import pytest
import typer
from typer.testing import CliRunner

from publisher.__main__ import main
from publisher.cli.app import app_for
from publisher.settings import Workspace
from tests.lib.whole import FIRST, PASSPHRASE, SERIES, TWO, small

Done = subprocess.CompletedProcess[str]


def environment(here: Workspace | None, variables: dict[str, str]) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    keys = {"PUBLISHER_STORE_KEY": PASSPHRASE, "PUBLISHER_PERSON_KEY": PASSPHRASE, **variables}
    place = {"PUBLISHER_WORKSPACE": str(here.root)} if here else {}
    return {**kept, **keys, **place, "COLUMNS": "200"}


def started(*words: str, here: Workspace | None = None, **variables: str) -> Done:
    """What the command does in a process of its own."""
    command = [sys.executable, "-m", "publisher", *words]
    kept = environment(here, variables)
    return subprocess.run(command, env=kept, capture_output=True, text=True, check=False, cwd="/")


def run(*words: str, here: Workspace | None = None, **variables: str) -> Done:
    """What the same main() does in this process: starting one takes longer than most commands."""
    said, complained, code = io.StringIO(), io.StringIO(), 0
    with (
        patch.dict(os.environ, environment(here, variables), clear=True),
        patch.object(sys, "argv", ["publisher", *words]),
        redirect_stdout(said),
        redirect_stderr(complained),
    ):
        try:
            main()
        except SystemExit as ended:
            code = int(ended.code or 0)
    return Done(words, code, said.getvalue(), complained.getvalue())


def refused(done: Done, code: int, *words: str) -> None:
    """The exit code of the family, the words, and never a traceback."""
    said = done.stdout + done.stderr
    assert done.returncode == code, said
    assert "Traceback" not in said
    for word in words:
        assert word in said, said


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    return small(tmp_path / "workspace", TWO)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """With an edition of the first month that nobody approved."""
    here = small(tmp_path_factory.mktemp("built") / "workspace", TWO)
    assert run("build", SERIES, FIRST, "--as", "ann", here=here).returncode == 0
    return here


@pytest.fixture
def built(built_once: Workspace, tmp_path: Path) -> Workspace:
    """A copy."""
    return Workspace(Path(shutil.copytree(built_once.root, tmp_path / "workspace", symlinks=True)))


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    for name, command in getattr(group, "commands", {}).items():
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name), command


ALL = dict(commands(typer.main.get_command(app_for(()))))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_teaches_by_example(path: tuple[str, ...]) -> None:
    text = ALL[path].help or ""
    assert "Example:" in text
    assert f"publisher {' '.join(path)}" in text


def test_the_list_of_commands_says_of_each_what_its_own_help_says() -> None:
    """The list imports none of them."""

    def told(words: Sequence[str]) -> dict[str, str]:
        group = typer.main.get_command(app_for(words))
        return {name: (one.help or "").split("\n\n")[0].replace("\n", " ") for name, one in group.commands.items()}  # type: ignore[attr-defined]

    assert told(["--help"]) == told(())


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_help_can_be_shown(path: tuple[str, ...]) -> None:
    """Brackets in it are no markup."""
    done = CliRunner().invoke(app_for(()), [*path, "--help"])
    assert done.exit_code == 0, done.exception


def test_a_command_that_makes_no_page_imports_nothing_that_makes_one() -> None:
    code = (
        "import sys\nfrom publisher.cli import app, due, lifecycle, plan, serve, status, verify\n"
        "app.app_for(['--help'])\nheavy = {'babel', 'icalendar', 'lxml', 'numba', 'opendp', 'pysdmx', 'scipy'}\n"
        "sys.exit(', '.join(heavy & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr == "\n"


@pytest.mark.parametrize(
    "path", [path for path in ALL if path not in {("serve",), ("run",), ("log", "checkpoint")}], ids=" ".join
)
def test_every_command_that_reports_has_json(path: tuple[str, ...]) -> None:
    assert any("--json" in option.opts for option in ALL[path].params)


def test_reports_as_json(here: Workspace) -> None:
    for words in (("query", "list"), ("plan", "check"), ("store", "status"), ("status",), ("person", "list")):
        done = run(*words, "--json", here=here)
        assert done.returncode == 0, done.stderr
        json.loads(done.stdout)


def test_wrong_key(here: Workspace) -> None:
    refused(started("store", "status", here=here, PUBLISHER_STORE_KEY="not the passphrase"), 5, "remedy:")


def test_a_key_file_that_others_can_read(here: Workspace, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(PASSPHRASE)
    key.chmod(0o644)
    done = run("store", "status", here=here, PUBLISHER_STORE_KEY="", PUBLISHER_STORE_KEY_FILE=str(key))
    refused(done, 5, "chmod 600")


def test_no_key_and_no_terminal(here: Workspace) -> None:
    refused(started("store", "status", here=here, PUBLISHER_STORE_KEY=""), 5, "PUBLISHER_STORE_KEY")


def test_a_corrupted_store(here: Workspace) -> None:
    store = next(here.private.glob("store-*.duckdb"))
    data = bytearray(store.read_bytes())
    data[4096:20480] = bytes(16384)
    store.write_bytes(data)
    refused(run("build", SERIES, FIRST, "--as", "ann", here=here), 5, "remedy:")


def test_a_corrupted_ledger(built: Workspace) -> None:
    ledger = built.ledger / "ledger.jsonl"
    text = ledger.read_text()
    ledger.write_text(text.replace('"1/50"', '"1/99"', 1) if '"1/50"' in text else text[:40] + "x" + text[41:])
    refused(started("ledger", "check", here=built), 7, "remedy:")
    refused(run("build", SERIES, FIRST, "--as", "ann", here=built), 7)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('column = "office"', 'column = "declarant"', ("declarant", "never be output")),
        ('levels = ["total", "office"]', 'levels = ["total", "town"]', ("town", "office")),
        ('aggregate = "sum"', 'aggregate = "median"', ("median", "sum")),
    ],
)
def test_a_query_with_a_fault(here: Workspace, old: str, new: str, words: tuple[str, ...]) -> None:
    path = here.queries / "imports_by_office_mode.toml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    refused(run("query", "check", here=here), 3, path.name, *words)


def test_two_queries_with_one_id(here: Workspace) -> None:
    shutil.copy(here.queries / "imports_by_office_mode.toml", here.queries / "another.toml")
    refused(run("query", "check", here=here), 3, "another.toml", "imports_by_office_mode")


def test_bad_declarations_name_place_and_remedy(here: Workspace, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text("Declaration ID;Date\n1;2021-01-01\n")
    before = run("store", "status", "--json", here=here).stdout
    refused(run("ingest", str(file), "--profile", "kcs", here=here), 4, "bad.csv", "remedy:")
    assert json.loads(run("store", "status", "--json", here=here).stdout) == json.loads(before)


def test_early_unapproved_and_unknown_editions(built: Workspace) -> None:
    refused(run("publish", f"{SERIES}/{FIRST}", "--as", "ann", here=built), 9, "approv")
    refused(run("approve", f"{SERIES}/{FIRST}", "--digest", "0" * 64, "--as", "ann", here=built), 9)
    refused(run("approve", f"{SERIES}/{FIRST}", "--as", "bob", here=built), 9, "has not reviewed it")
    refused(run("approve", f"{SERIES}/{FIRST}", "--digest", "0" * 64, "--as", "bob", here=built), 9, "was reviewed")
    refused(run("publish", f"{SERIES}/2019-01", "--as", "ann", here=built), 9, "no such edition")
    refused(run("build", SERIES, "2019-01", "--as", "ann", here=built), 9, "first_period")
    refused(run("build", SERIES, "February", "--as", "ann", here=built), 2, "YYYY-MM")
    assert not built.site.exists()


def test_outside_a_workspace(tmp_path: Path) -> None:
    refused(started("status", "--workspace", str(tmp_path)), 2, "publisher init")


def test_errors_as_json(tmp_path: Path) -> None:
    done = started("status", "--workspace", str(tmp_path), "--json")
    assert json.loads(done.stdout)["exit_code"] == done.returncode == 2


def test_the_demo_refuses_a_folder_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    refused(run("demo", str(tmp_path), "--no-serve"), 2, "no demo made it")
    assert (tmp_path / "mine.txt").read_text() == "precious"
