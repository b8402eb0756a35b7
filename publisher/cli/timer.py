"""install-timer: units for systemd, and a line for cron. Writes files, enables nothing."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from publisher.cli.console import err, out, show_json
from publisher.cli.options import JsonOption, WorkspaceOption, workspace_at
from publisher.errors import ReleaseError, UsageError
from publisher.release.schedule.units import NAME, cron_line, units


def install_timer(
    folder: Annotated[
        Path | None, typer.Option("--out", help="Where to write them.", show_default="~/.config/systemd/user")
    ] = None,
    service: Annotated[
        bool, typer.Option("--service", help="A service that always runs, instead of a timer each minute.")
    ] = False,
    workspace: WorkspaceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write systemd units that run 'publisher due' each minute, or 'publisher run' for ever. Enables nothing.

    Example:  publisher install-timer --service
    """
    here = workspace_at(workspace)
    place = folder or Path.home() / ".config" / "systemd" / "user"
    written = _write(place, units(here.root.resolve(), Path(sys.executable), service=service))
    problem = verify_units(written)
    if as_json:
        show_json({"units": [str(path) for path in written], "cron": cron_line(here.root, Path(sys.executable))})
        return
    for path in written:
        out.print(f"wrote {path}", markup=False)
    if problem:
        err.print(f"systemd-analyze says: {problem}", markup=False)
    out.print(f"Next: systemctl --user daemon-reload && systemctl --user enable --now {written[-1].name}")
    out.print("It runs without a login if 'loginctl enable-linger' was said. Without systemd, a line for cron:")
    out.print(cron_line(here.root.resolve(), Path(sys.executable)), markup=False)


def verify_units(written: list[Path]) -> str:
    """What systemd itself finds wrong with them; '' where it finds nothing or is not here."""
    program = shutil.which("systemd-analyze")
    if program is None:
        return ""
    # not --user: that needs a session, which a test machine and an ssh login may not have
    words = [program, "verify", "--man=no", *(str(path) for path in written)]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603 - own words
    return "\n".join(line for line in done.stderr.splitlines() if NAME in line)


def _write(place: Path, texts: dict[str, str]) -> list[Path]:
    """Raises UsageError for a place that is no folder, ReleaseError for what somebody changed by hand."""
    if place.exists() and not place.is_dir():
        raise UsageError("is no folder.", place=str(place), remedy="Name a folder with --out.")
    for name, text in texts.items():
        path = place / name
        if path.exists() and path.read_text("utf-8") != text:
            raise ReleaseError(
                "is there already and says something else.", place=str(path), remedy="Remove it, or name --out DIR."
            )
    place.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (place / name).write_text(text, "utf-8")
    return [place / name for name in texts]
