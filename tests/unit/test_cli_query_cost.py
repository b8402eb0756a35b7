"""publisher query cost: what it says, what it compares, where its picture may lie, and how it refuses."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from publisher.catalogue.changed_rules import changed
from publisher.catalogue.load import load_query
from publisher.cli.app import app_for
from publisher.cli.private_file import check_private, write_private
from publisher.errors import CatalogueError, ProtectionError, PublisherError, UsageError
from publisher.model.rules import Dominance, SuppressionRules
from publisher.settings import Workspace
from tests.lib.whole import FIRST, PASSPHRASE, SECOND, SERIES, approve_and_publish, build, small

QUERY = "imports_by_office_mode"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return small(tmp_path_factory.mktemp("cost") / "workspace")


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, here: Workspace) -> Iterator[None]:
    monkeypatch.setenv("PUBLISHER_STORE_KEY", PASSPHRASE)
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(here.root))
    monkeypatch.setenv("COLUMNS", "160")
    yield


def run(*words: str) -> Result:
    return CliRunner().invoke(app_for(()), ["query", "cost", *words])


def report(*words: str) -> dict:  # type: ignore[type-arg]
    done = run(QUERY, "--json", *words)
    assert done.exit_code == 0, done.exception
    return json.loads(done.stdout)


def refused(kind: type[PublisherError], *words: str) -> PublisherError:
    error = run(*words).exception
    assert isinstance(error, kind), error
    assert error.place or isinstance(error, CatalogueError)
    assert error.remedy
    return error


def rules_of(here: Workspace, changes: str) -> SuppressionRules:
    rules = changed(here.queries / f"{QUERY}.toml", changes).protection
    assert isinstance(rules, SuppressionRules)
    return rules


def test_json_has_everything() -> None:
    found = report()
    assert next(iter(found)) == "confidential"
    assert found["period"] == SECOND  # the latest
    (measure,) = found["measures"]
    assert set(measure) == {
        "measure",
        "unit",
        "rules_fired",
        "total",
        "most_detailed",
        "kept_hidden",
        "already_public",
        "levels",
        "groups",
        "dearest_protections",
        "dearest_secondary_cells",
        "secondary_cells_without_use",
    }
    assert measure["total"]["cells"] == sum(level["cells"] for level in measure["levels"])
    assert len(measure["dearest_protections"]) <= 10


def test_the_terminal_says_confidential_and_names_cells() -> None:
    done = run(QUERY, "--period", FIRST, "--compare", "minimum_contributors=1")
    assert done.exit_code == 0, done.exception
    for words in (
        "CONFIDENTIAL",
        FIRST,
        "by level",
        "office x mode",
        "dearest protections",
        "minimum_contributors=1",
    ):
        assert words in done.stdout


def test_no_number_is_cut_off_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("publisher.cli.console.out._width", 80)
    done = run(QUERY, "--compare", "p_percent=10,dominance=1:80,minimum_contributors=4,q_percent=100")
    assert done.exit_code == 0, done.exception
    tables = [line for line in done.stdout.splitlines() if "%" in line and "Visible" not in line]
    assert tables
    assert all(len(line) <= 80 for line in tables)
    assert "…" not in "".join(tables)


def test_other_rules_side_by_side() -> None:
    """Passive, and nobody asked: nothing is hidden. Rules decide what is aggregated, not only what is judged."""
    found = report("--compare", "confidentiality=passive,minimum_contributors=1", "--compare", "dominance=2:85")
    passive, dominance = found["compare"]
    then, now = found["measures"][0]["total"], passive["measures"][0]["total"]
    assert then["primary"] > 0
    assert (now["primary"], now["visible_value"]) == (0, 1.0)
    assert passive["measures"][0]["difference"]["primary"] == -then["primary"]
    assert dominance["rules"]["dominance"] == {"n": 2, "k": "85"}


def test_with_the_other_tables_of_its_series(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    there = small(tmp_path / "workspace")
    plan = there.releases / SERIES / "plan.toml"
    plan.write_text(plan.read_text().replace('"imports_by_commodity_origin",', ""))
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(there.root))
    found = report("--series", SERIES)
    assert found["series"] == SERIES
    assert [measure["measure"] for measure in found["measures"]] == ["statistical_value"]
    assert "does not release" in str(refused(UsageError, "imports_by_commodity_origin", "--series", SERIES))


def test_a_month_that_was_published_is_planned_against_its_editions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planned again unchanged, all that the edition hides stays hidden, and the report says against whom."""
    there = small(tmp_path / "workspace", [QUERY])
    monkeypatch.setenv("PUBLISHER_WORKSPACE", str(there.root))
    first = report("--period", FIRST)
    assert first["earlier_editions"] == []
    assert first["measures"][0]["kept_hidden"] == {"cells": 0, "value": 0}
    assert "of a first edition" in run(QUERY, "--period", FIRST).stdout
    edition = build(there, FIRST)
    approve_and_publish(edition)
    again, name = report("--period", FIRST), edition.manifest.ref.name
    assert again["earlier_editions"] == [name]
    assert again["follows"] == name
    then, now = first["measures"][0], again["measures"][0]
    assert now["total"] == then["total"]
    assert now["kept_hidden"]["cells"] == now["total"]["secondary"] > 0
    assert now["dearest_protections"] == []
    words = " ".join(run(QUERY, "--period", FIRST, "--series", SERIES).stdout.split())
    assert f"against readers that hold {name} too" in words
    assert "stay hidden because an earlier edition hid the same number" in words
    assert report("--period", SECOND)["earlier_editions"] == []
    stricter = "p_percent=40"
    refusal = refused(ProtectionError, QUERY, "--period", FIRST, "--compare", stricter)
    assert refusal.place == f"--compare {stricter}"
    assert "already_published" in refusal.remedy
    (compared,) = report("--period", FIRST, "--compare", f"{stricter},already_published=hide")["compare"]
    assert compared["measures"][0]["already_public"] > 0 == now["already_public"]


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_a_picture_that_only_its_owner_reads(tmp_path: Path, kind: str) -> None:
    file = tmp_path / f"map.{kind}"
    file.write_text("older")
    file.chmod(0o644)
    found = report("--heatmap", str(file), "--levels", "mode,office")
    assert found["heatmap"] == str(file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_bytes().startswith(b"\x89PNG" if kind == "png" else b"<svg")
    assert [each.name for each in tmp_path.iterdir()] == [file.name]


def test_refusals_come_with_place_and_remedy(tmp_path: Path) -> None:
    assert QUERY in str(refused(CatalogueError, "no_such_query"))
    assert QUERY in refused(UsageError, "declarations_by_office_mode").remedy
    assert f"{FIRST} to {SECOND}" in refused(UsageError, QUERY, "--period", "2031-05").remedy
    assert "2021-Q1" in refused(UsageError, QUERY, "--period", "May").remedy
    refused(UsageError, QUERY, "--heatmap", str(tmp_path / "map.pdf"))
    refused(UsageError, QUERY, "--heatmap", str(tmp_path / "nowhere" / "map.png"))
    refused(UsageError, QUERY, "--heatmap", str(tmp_path / "map.png"), "--levels", "town,mode")
    refused(CatalogueError, QUERY, "--series", "no_such_series")
    assert not list(tmp_path.iterdir())


def test_public_places_are_refused(here: Workspace, tmp_path: Path) -> None:
    edition = here.edition(SERIES, FIRST, 1) / "public"
    copy = tmp_path / "www" / "releases"
    for folder in (here.site, edition, copy):
        folder.mkdir(parents=True)
    (tmp_path / "www" / "editions.json").write_text("{}")
    (tmp_path / "link").symlink_to(edition)
    (tmp_path / "aside.png").symlink_to(here.site / "aside.png")
    for path in (
        here.site / "map.png",
        edition / "map.png",
        here.releases / SERIES / "map.svg",
        copy / "map.png",
        tmp_path / "link" / "map.png",
        tmp_path / "aside.png",
        here.private / ".." / "releases" / "map.png",
    ):
        with pytest.raises(UsageError, match="public place"):
            check_private(path, here, (".png", ".svg"))
    check_private(here.private / "map.png", here, (".png", ".svg"))


def test_a_private_file_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "file.png", b"picture")
    finally:
        os.umask(before)
    assert (tmp_path / "file.png").stat().st_mode & 0o777 == 0o600


def test_changes_are_exact_and_read_as_the_file_is(here: Workspace) -> None:
    written = load_query(here.queries / f"{QUERY}.toml").protection
    assert rules_of(here, f"minimum_contributors={written.minimum_contributors}") == written  # type: ignore[union-attr]
    assert rules_of(here, "p_percent=12.5").p_percent == Fraction(25, 2)
    assert rules_of(here, "p_percent=1/3, q_percent=50").p_percent == Fraction(1, 3)
    assert rules_of(here, "p_percent=none").p_percent is None
    assert rules_of(here, "dominance=2:85.5").dominance == Dominance(2, Fraction(171, 2))
    assert rules_of(here, "dominance=1:75,dominance.k=80").dominance == Dominance(1, Fraction(80))
    assert rules_of(here, "confidentiality=passive").confidentiality == "passive"
    (penalty,) = rules_of(here, "level_penalty.office.total=5").level_penalty
    assert (penalty.column, penalty.level, penalty.times) == ("office", "total", 5)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ("p=10", "p_percent, q_percent, dominance"),
        ("p_percent=110", "below 100"),
        ("p_percent=0", "above 0"),
        ("p_percent=ten", '"ten"'),
        ("p_percent=1/0", '"1/0"'),
        ("minimum_contributors=2.5", "a whole number"),
        ("confidentiality=public", "active, passive"),
        ("dominance=1", "a section"),
        ("dominance=1:75:9", "a section"),
        ("p_percent=10,p_percent=12", "twice"),
        ("p_percent", "key=value"),
        ("p_percent=", "key=value"),
        ("", "key=value"),
        ("method=dp", "method"),
        ("p_percent.x=1", "no section"),
        ("confidentiality=none", "is missing"),
    ],
)
def test_changes_that_make_no_rules_say_what_is_allowed(here: Workspace, changes: str, words: str) -> None:
    with pytest.raises(UsageError, match="--compare") as refusal:
        changed(here.queries / f"{QUERY}.toml", changes)
    assert words in str(refusal.value)


def test_the_drawing_library_waits_until_it_is_needed() -> None:
    code = "import sys, publisher.cli.app; sys.exit('vl_convert' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
