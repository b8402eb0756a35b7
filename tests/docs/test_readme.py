"""README.md does what it says: its commands run, in order, in one folder; its Python runs after them.

Blocks fenced as `console` hold commands behind "$ ". A command whose line ends with "# exits N" must exit with N.
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)


def blocks(language: str) -> list[str]:
    return [body for found, body in BLOCK.findall(README.read_text("utf-8")) if found == language]


def commands() -> list[tuple[str, int]]:
    lines = [line[2:] for body in blocks("console") for line in body.splitlines() if line.startswith("$ ")]
    parted = [line.partition("# exits ") for line in lines]
    return [(command.strip(), int(code or 0)) for command, _, code in parted]


def script() -> str:
    """All commands in one shell, as a reader types them; the first that does not exit as told ends it."""
    return "\n".join(
        f"{command}\ncode=$?; [ $code -eq {wanted} ] || {{ echo exit $code: {shlex.quote(command)}; exit 99; }}"
        for command, wanted in commands()
    )


def environment(folder: Path) -> dict[str, str]:
    here = {name: value for name, value in os.environ.items() if not name.startswith("PUBLISHER_")}
    return {**here, "PATH": f"{Path(sys.executable).parent}:{here['PATH']}", "HOME": str(folder)}


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=environment(folder), capture_output=True, text=True, check=False)


def test_commands_and_python_run_as_written(tmp_path: Path) -> None:
    assert commands(), "the README shows no command"
    done = run(["bash", "-c", script()], tmp_path)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stderr
    for body in blocks("python"):
        python = run([sys.executable, "-c", body], tmp_path)
        assert python.returncode == 0, f"{body}\n{python.stderr}"


def test_a_first_release_takes_ten_commands() -> None:
    section = README.read_text("utf-8").partition("## Schedule your first release\n")[2].partition("\n## ")[0]
    last = BLOCK.findall(section)[-1][1].splitlines()
    assert all(line.startswith("$ publisher ") for line in last)
    assert 5 < len(last) <= 10


def test_no_page_holds_what_a_merge_left_open() -> None:
    root = README.parent
    for page in [*root.glob("*.md"), *root.glob("publisher/**/*.md")]:
        assert not re.search(r"^(<{7}|>{7}) ", page.read_text("utf-8"), re.M), page


def test_the_test_command_is_there_for_ci() -> None:
    assert re.search(r"^    pip install -e '\.\[test\]' && pytest$", README.read_text("utf-8"), re.M)
