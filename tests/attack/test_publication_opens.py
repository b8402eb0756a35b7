"""Publication opens public files and its own package, and nothing else, although a whole workspace lies around them.

A hook in a process of its own notes every path that Python opens or lists while an edition and a site are written.
Files that a library opens in C (pyarrow writes Parquet so) are not seen by it: the import contracts and the scan of
all bytes stand for these.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = """
import json, sys
from pathlib import Path
from publisher.publication.site import write as site
from publisher.publication.words import ENGLISH, words_for
from tests.lib import published_site
from tests.lib.site_parts import absent_parts

seen = set()
watching = False
def hook(event, arguments):
    if watching and event in ("open", "os.listdir", "os.scandir") and isinstance(arguments[0], (str, bytes)):
        name = arguments[0]
        seen.add(name if isinstance(name, str) else name.decode())
sys.addaudithook(hook)
web = Path(sys.argv[1])
if len(sys.argv) > 2:
    honest = site.home_page
    site.home_page = lambda *given: (Path(sys.argv[2]).read_bytes(), honest(*given))[1]

def watched(work):
    def run(*given, **named):
        global watching
        watching = True
        try:
            return work(*given, **named)
        finally:
            watching = False
    return run

for name in ("write_edition", "write_site"):
    setattr(published_site, name, watched(getattr(published_site, name)))
published_site.build_site(web, (ENGLISH, words_for("fr")))
assert absent_parts(web) == []
print(json.dumps(sorted(seen)))
"""


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Confidential files where a workspace has them, and the web root among them."""
    for name in (".publisher/store.duckdb", "private/review.html", "releases/monthly_trade/plan.toml", "ledger.db"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("confidential")
    (tmp_path / "releases" / "site").mkdir()
    return tmp_path


def opened(workspace: Path, *more: str) -> list[Path]:
    """Every path opened, made absolute; those of Python's own and of installed packages are left out."""
    command = [sys.executable, "-c", SCRIPT, str(workspace / "releases" / "site"), *more]
    done = subprocess.run(command, cwd=workspace, capture_output=True, text=True, check=True, env=environment())
    paths = [workspace / name for name in json.loads(done.stdout)]
    return [
        path for path in paths if not path.is_relative_to(sys.prefix) and not path.is_relative_to(sys.base_prefix)
    ]


def environment() -> dict[str, str]:
    return {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


def forbidden(workspace: Path, paths: list[Path]) -> list[str]:
    allowed = (
        workspace / "releases" / "site",
        ROOT / "publisher" / "publication",
        ROOT / "publisher" / "catalogue",  # the public codelists
        Path("/usr/share/zoneinfo"),
    )
    return [str(path) for path in paths if not any(path.is_relative_to(folder) for folder in allowed)]


def test_publication_opens_public_files_only(workspace: Path) -> None:
    paths = opened(workspace)
    assert workspace / "releases" / "site" / "index.html" in paths
    assert len(paths) > 50
    assert forbidden(workspace, paths) == []


def test_a_page_that_reads_the_review_shows(workspace: Path) -> None:
    secret = workspace / "private" / "review.html"
    assert forbidden(workspace, opened(workspace, str(secret))) == [str(secret)]
