"""systemd units and a cron line for a workspace, as text."""

import hashlib
import shlex
from pathlib import Path

from publisher.errors import UsageError

NAME = "trade-publisher"
WAIT_S = 90  # longer than a minute: what is due between two starts is waited for by the first


def units(root: Path, python: Path, *, service: bool) -> dict[str, str]:
    """File name -> text; the last is the one to enable. `root` is absolute. One workspace, one name.

    A timer that starts each minute would be up to a minute late: so each start also waits for what comes within 90
    seconds, and sleeps to the second. A machine that was off makes up for it at once (Persistent). Raises UsageError
    for a path with a line break.
    """
    if {"\n", "\r"} & set(f"{root}{python}"):
        raise UsageError("a path with a line break cannot stand in a unit.", place=str(root), remedy="Rename it.")
    name = f"{NAME}-{hashlib.sha256(str(root).encode()).hexdigest()[:8]}"
    if service:
        return {f"{name}.service": _service(root, python)}
    return {f"{name}.service": _once(root, python), f"{name}.timer": _timer(root)}


def cron_line(root: Path, python: Path) -> str:
    """Each minute. Two at once do no harm."""
    words = shlex.join(_words(root, python, "due", "--wait", "60"))
    return f"* * * * * {words}".replace("%", r"\%")


def _words(root: Path, python: Path, *words: str) -> tuple[str, ...]:
    return str(python), "-m", "publisher", *words, "--workspace", str(root)


def _service(root: Path, python: Path) -> str:
    return f"""[Unit]
Description=Scheduler of trade statistics in {_escaped(str(root))}

[Service]
Type=exec
ExecStart={_command(root, python, "run")}
Restart=always
RestartSec=5
{_credentials(root)}
[Install]
WantedBy=default.target
"""


def _once(root: Path, python: Path) -> str:
    return f"""[Unit]
Description=What is due of the trade statistics in {_escaped(str(root))}

[Service]
Type=oneshot
ExecStart={_command(root, python, "due", "--wait", str(WAIT_S))}
TimeoutStartSec=infinity
{_credentials(root)}"""


def _timer(root: Path) -> str:
    return f"""[Unit]
Description=Each minute, what is due of the trade statistics in {_escaped(str(root))}

[Timer]
OnCalendar=*:0/1
AccuracySec=1s
Persistent=true

[Install]
WantedBy=timers.target
"""


def _credentials(root: Path) -> str:
    """Passphrases never stand in a unit. The service key needs none; a build needs that of the store."""
    return f"""NoNewPrivileges=true
UMask=0077
# Where the service key has a passphrase, or plans let the service build, give them as credentials:
# LoadCredential=publisher-service:{_escaped(str(root))}/.publisher/service.pass
# LoadCredential=store:{_escaped(str(root))}/.publisher/store.pass
# Environment=PUBLISHER_STORE_KEY_FILE=%d/store
"""


def _command(root: Path, python: Path, *words: str) -> str:
    """Quoted for ExecStart: systemd takes backslash escapes in double quotes, % and $ stand for something."""
    return " ".join(f'"{_quoted(word)}"' for word in _words(root, python, *words))


def _quoted(word: str) -> str:
    return _escaped(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
