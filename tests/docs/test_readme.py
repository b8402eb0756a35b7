"""README.md does what it says: its commands run, in order, in one folder; its Python runs after them.

Blocks fenced as `console` hold commands behind "$ ". A command whose line ends with "# exits N" must exit with N.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[str]:
    return [body for found, body in BLOCK.findall(README.read_text("utf-8")) if found == language]


def commands() -> list[tuple[str, int]]:
    lines = [line[2:] for body in blocks("console") for line in body.splitlines() if line.startswith("$ ")]
    parted = [line.partition("# exits ") for line in lines]
    return [(command.strip(), int(code or 0)) for command, _, code in parted]


def environment(folder: Path) -> dict[str, str]:
    here = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    return {**here, "PATH": f"{Path(sys.executable).parent}:{here['PATH']}", "HOME": str(folder)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("readme")


def test_commands_run_in_order(folder: Path) -> None:
    assert commands(), "the README shows no command"
    for command, code in commands():
        done = subprocess.run(
            command, shell=True, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False
        )
        assert done.returncode == code, f"$ {command}\n{done.stdout}\n{done.stderr}"
        assert "Traceback" not in done.stderr, command


def test_python_runs_after_the_commands(folder: Path) -> None:
    for body in blocks("python"):
        done = subprocess.run(
            [sys.executable, "-c", body],
            cwd=folder,
            env=environment(folder),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{body}\n{done.stderr}"


def test_the_test_command_is_there_for_ci() -> None:
    assert re.search(r"^    pip install -e '\.\[test\]' && pytest$", README.read_text("utf-8"), re.M)
