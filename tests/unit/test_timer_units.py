"""What systemd and cron are given."""

import shlex
import shutil
import sys
from pathlib import Path

import pytest

from publisher.cli.timer import verify_units
from publisher.errors import UsageError
from publisher.release.schedule.units import cron_line, units

PLACES = ["/srv/trade", "/srv/trade 100% of $HOME", 'a "quoted" \\ place']


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("service", [True, False])
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_systemd_finds_no_fault(tmp_path: Path, place: str, service: bool) -> None:
    written = []
    for name, text in units(Path("/") / place, Path(sys.executable), service=service).items():
        (tmp_path / name).write_text(text)
        written.append(tmp_path / name)
    assert verify_units(written) == ""


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not here")
def test_a_fault_would_be_found(tmp_path: Path) -> None:
    ((name, text),) = units(Path("/srv/trade"), Path(sys.executable), service=True).items()
    (tmp_path / name).write_text(text.replace("Type=exec", "Type=never"))
    assert "service type" in verify_units([tmp_path / name])


def test_the_timer_starts_each_minute_and_waits_to_the_second() -> None:
    service, timer = units(Path("/srv/trade"), Path("/usr/bin/python3"), service=False).values()
    assert '"due" "--wait" "90"' in service and "Type=oneshot" in service
    assert {"OnCalendar=*:0/1", "AccuracySec=1s", "Persistent=true"} <= set(timer.splitlines())


def test_the_service_is_started_again_whatever_happens() -> None:
    ((_, text),) = units(Path("/srv/trade"), Path("/usr/bin/python3"), service=True).items()
    assert '"run" "--workspace" "/srv/trade"' in text and "Restart=always" in text


def test_two_workspaces_have_two_names() -> None:
    one, other = (set(units(Path(root), Path("/p"), service=False)) for root in ("/srv/a", "/srv/b"))
    assert not one & other


def test_the_line_for_cron_is_one_command() -> None:
    line = cron_line(Path("/srv/trade 100%"), Path("/usr/bin/python3"))
    assert line.startswith("* * * * * /usr/bin/python3 -m publisher due --wait 60")
    assert shlex.split(line.replace("\\%", "%"))[-1] == "/srv/trade 100%"


def test_a_name_that_would_be_a_line_of_its_own_is_refused() -> None:
    with pytest.raises(UsageError, match="line break"):
        units(Path("/srv/a\nExecStart=/bin/evil"), Path("/p"), service=True)
