"""What a build may not spend: to rebuild, because data changed unasked, or on a ledger from an old backup."""

import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from publisher import pipeline
from publisher.cli.app import app_for
from publisher.dp import noisy
from publisher.dp.noise_report import changed_since
from publisher.dp.quantile import PrivateQuantile
from publisher.errors import LedgerError, ReleaseError
from publisher.ledger.ledger import open_ledger
from publisher.model.privacy import Charge
from publisher.release.edition.edition import Edition
from publisher.release.edition.heads import built_heads, heads_below, published_heads
from publisher.release.folders import remove_tree
from publisher.settings import Workspace
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.synth.declarations import synthesise
from tests.lib.release import tree
from tests.lib.whole import (
    FIRST,
    PASSPHRASE,
    PREPARER,
    SECOND,
    SERIES,
    approve,
    approve_and_publish,
    ask_for_correction,
    build,
    opened,
    plan_only,
    publish_only,
    small,
)

QUERY, CLIPPED_PRIVATELY = "declarations_by_office_mode", "traders_by_chapter_region"
TABLES = ["imports_by_office_mode", QUERY, CLIPPED_PRIVATELY]
KEPT = {"keyring.json", "settings.toml", "people.json", "commitment.key", "keys", "ledger"}
Charges = Callable[[Workspace], tuple[Charge, ...]]
REVISION = f"""
[[revision]]
period = "{FIRST}"
queries = ["{QUERY}"]
reason = "late declarations"
"""


def three_tables(here: Workspace) -> None:
    """One exact table, one noisy with a fixed clip and one with a private clip: two draws. All else goes."""
    for path in here.queries.glob("*.toml"):
        if path.stem not in TABLES:
            path.unlink()
    query = here.queries / f"{CLIPPED_PRIVATELY}.toml"
    query.write_text(query.read_text().replace("at = 4", 'at = "private_quantile", rho_share = "1/10"'))
    plan_only(here, TABLES)


@pytest.fixture(scope="module")
def published_twice(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """Two editions out. `log-before` is the log with its people alone, `ledger-before` a backup of the ledger from
    between the editions; beside the workspace lies
    `approved`, as it was when the second was built and approved, but not published."""
    here = small(tmp_path_factory.mktemp("rebuild") / "workspace")
    three_tables(here)
    shutil.copytree(here.log, here.root / "log-before")
    approve_and_publish(build(here, FIRST))
    shutil.copytree(here.ledger, here.root / "ledger-before")
    edition = build(here, SECOND)
    approve(edition)
    shutil.copytree(here.root, here.root.with_name("approved"), symlinks=True)
    publish_only(here, SECOND)
    return here


@pytest.fixture(scope="module")
def charges(published_twice: Workspace) -> Charges:
    """The charges of a copy, after checking its ledger. The seal key is the same in all; a store opens slowly."""
    with opened(published_twice) as store:
        seal_key = store.seal_key

    def read(here: Workspace) -> tuple[Charge, ...]:
        with open_ledger(here.ledger, seal_key) as ledger:
            ledger.verify()
            return ledger.charges()

    return read


@pytest.fixture
def here(published_twice: Workspace, tmp_path: Path) -> Workspace:
    shutil.copytree(published_twice.root, tmp_path / "workspace", symlinks=True)
    return Workspace(tmp_path / "workspace")


@pytest.fixture
def no_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise AssertionError("noise was drawn")

    monkeypatch.setattr(noisy, "draw", refused)
    monkeypatch.setattr(PrivateQuantile, "draw", refused)


def delete_all_that_is_made(here: Workspace) -> None:
    """Editions, site, log, locks, temporary files: all but the store, keys, queries, plans and the ledger."""
    for path in [*(here.releases / SERIES).iterdir(), *here.releases.iterdir()]:
        if path.name not in ("plan.toml", SERIES):
            remove_tree(path)
    for path in here.private.iterdir():
        if path.name not in KEPT and not path.name.startswith("store-"):
            remove_tree(path)
    forget_releases(here)


def forget_releases(here: Workspace) -> None:
    """The log as it was when the people were entered: all that it tells of editions is gone."""
    remove_tree(here.log)
    shutil.copytree(here.root / "log-before", here.log)


def restore_old_ledger(here: Workspace) -> None:
    shutil.rmtree(here.ledger)
    shutil.copytree(here.root / "ledger-before", here.ledger)


def test_a_rebuild_from_store_and_ledger_gives_the_same_bytes_and_spends_nothing(
    here: Workspace, charges: Charges, no_draw: None
) -> None:
    spent, public = charges(here), {p: tree(Edition(here, SERIES, p, 1).public) for p in (FIRST, SECOND)}
    site = editions_on_site(here)
    delete_all_that_is_made(here)
    assert not here.site.exists()
    for period in (FIRST, SECOND):
        approve_and_publish(build(here, period))
        assert tree(Edition(here, SERIES, period, 1).public) == public[period]
    assert editions_on_site(here) == site
    assert charges(here) == spent


def editions_on_site(here: Workspace) -> dict[str, bytes]:
    """Without the pages around them: these say when the log had each edition come out, and the log is a new one."""
    files = tree(here.site.resolve() / "releases")
    return {name: data for name, data in files.items() if "/v1/" in name or "/latest/" in name}


def test_a_ledger_from_an_old_backup_spends_nothing(here: Workspace, charges: Charges, no_draw: None) -> None:
    """The whole folder, entries and results, as it was before the second edition: consistent in itself."""
    restore_old_ledger(here)
    before = (here.ledger / "ledger.jsonl").read_bytes()
    charges(here)
    with pytest.raises(LedgerError, match=f"{SERIES}/{SECOND}/v1 was made with entries") as refused:
        build(here, SECOND)
    assert "ledger.jsonl" in refused.value.place
    assert "newest backup" in refused.value.remedy
    assert (here.ledger / "ledger.jsonl").read_bytes() == before


def test_an_old_ledger_draws_nothing_beside_an_edition_that_can_still_be_published(
    published_twice: Workspace, tmp_path: Path, no_draw: None
) -> None:
    """Else its numbers and the new ones could both go out, and the ledger would know of one spend."""
    shutil.copytree(published_twice.root.with_name("approved"), tmp_path / "workspace", symlinks=True)
    here = Workspace(tmp_path / "workspace")
    build(here, SECOND)  # with its own ledger: read from the seals
    restore_old_ledger(here)
    with pytest.raises(LedgerError, match=rf"{SERIES}/{SECOND}/v1 \(not published\) was made") as refused:
        build(here, SECOND)
    assert "can be removed instead" in refused.value.remedy
    _unsign(Edition(here, SERIES, SECOND, 1).public)  # as good as removed: nobody can publish it
    assert set(built_heads(here)) == set()


def test_a_copy_of_the_site_tells_of_an_old_backup_where_the_workspace_forgot(
    here: Workspace, tmp_path: Path
) -> None:
    shutil.copytree(here.site.resolve(), tmp_path / "copy")
    restore_old_ledger(here)
    remove_tree(here.site.resolve())
    forget_releases(here)
    assert published_heads(here) == {}
    heads = heads_below(tmp_path / "copy", here)
    with opened(here) as store, open_ledger(here.ledger, store.seal_key) as ledger:
        ledger.require_head({})
        with pytest.raises(LedgerError, match=f"{SERIES}/{SECOND}/v1"):
            ledger.require_head(heads)


def _forge(public: Path) -> None:
    path = public / "manifest.json"
    path.chmod(0o644)
    path.write_text(path.read_text().replace(f"{SERIES}", f"{SERIES}s"))


def _unsign(public: Path) -> None:
    public.chmod(0o755)
    (public / "manifest.sig").unlink()


def _lose(public: Path) -> None:
    public.chmod(0o755)
    (public / "manifest.json").unlink()


@pytest.mark.parametrize("harm", [_forge, _unsign, _lose])
def test_an_edition_that_cannot_be_believed_stops_the_check_and_is_named(
    here: Workspace, harm: Callable[[Path], None]
) -> None:
    assert set(published_heads(here)) == {f"{SERIES}/{FIRST}/v1", f"{SERIES}/{SECOND}/v1"}
    harm(Edition(here, SERIES, SECOND, 1).public)
    with pytest.raises(ReleaseError) as refused:
        published_heads(here)
    assert f"{SECOND}/v1" in refused.value.place


def late_declarations(here: Workspace, folder: Path, number: int, period: str = FIRST) -> None:
    """Two more imports of a month, under new numbers."""
    synthesise(folder / f"{number}.parquet", rows=2_000, seed=3, first_period=FIRST, periods=2)
    table = pq.read_table(folder / f"{number}.parquet")
    rows = [row for row in table.to_pylist() if row["flow"] == "M" and str(row["acceptance_date"])[:7] == period][:2]
    late = [row | {"declaration_id": f"LATE{number}-{n}"} for n, row in enumerate(rows)]
    pq.write_table(pa.Table.from_pylist(late, schema=table.schema), folder / "late.parquet")
    with opened(here) as store:
        ingest(store, [folder / "late.parquet"], load_profile("native"), who=PREPARER)


def test_a_month_that_stayed_as_it_is_has_nothing_to_publish(
    here: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Although declarations of another month make a new snapshot, and the pages would look different today."""
    late_declarations(here, tmp_path, 1, SECOND)
    ask_for_correction(here, FIRST)
    monkeypatch.setattr(pipeline, "write_edition", None)
    keys = {"PUBLISHER_STORE_KEY": PASSPHRASE, "PUBLISHER_PERSON_KEY": PASSPHRASE}
    words = ["build", SERIES, FIRST, "--as", PREPARER, "--workspace", str(here.root)]
    before = sorted(here.releases.rglob("*"))
    done = CliRunner().invoke(app_for(words), words, env=keys)
    assert done.exit_code == 0, done.exception
    assert f"nothing to publish: figures, codes and tables are those of {SERIES}/{FIRST}/v1" in done.output
    assert sorted(here.releases.rglob("*")) == before


def test_late_data_spend_nothing_until_the_plan_asks(
    here: Workspace, charges: Charges, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late_declarations(here, tmp_path, 1)
    ask_for_correction(here, FIRST)
    spent, draw = charges(here), noisy.draw
    monkeypatch.setattr(noisy, "draw", None)
    edition = build(here, FIRST)
    assert (edition.version, edition.manifest.audit.verdict) == (2, "passed")
    assert charges(here) == spent
    assert QUERY in changed_since(edition.private)
    first = tree(Edition(here, SERIES, FIRST, 1).public)[f"data/{QUERY}.csv"]
    assert tree(edition.public)[f"data/{QUERY}.csv"] == first
    monkeypatch.setattr(noisy, "draw", draw)

    plan = here.releases / SERIES / "plan.toml"
    plan.write_text(plan.read_text() + REVISION)
    revised = build(here, FIRST)
    (new,) = charges(here)[len(spent) :]
    assert (new.query, new.period, new.purpose, new.revision, new.rho) == (
        QUERY,
        FIRST,
        "revision",
        1,
        Fraction(1, 50),
    )
    assert tree(revised.public)[f"data/{QUERY}.csv"] != first
    assert QUERY not in changed_since(revised.private)
    late_declarations(here, tmp_path, 2)
    monkeypatch.setattr(noisy, "draw", None)
    assert QUERY in changed_since(build(here, FIRST).private)
    assert len(charges(here)) == len(spent) + 1
