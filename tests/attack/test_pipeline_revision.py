"""A revised month, built along the whole path: the audit holds both editions against each other and passes."""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from publisher import pipeline
from publisher.catalogue.load import load_query
from publisher.cli.cost_report import assess_all, past_of
from publisher.errors import AuditFailedError, ProtectionError
from publisher.model.progress import NO_PROGRESS
from publisher.pipeline import aggregate_exact
from publisher.release.edition.edition import Edition
from publisher.settings import Workspace
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.store.snapshot import take_snapshot
from publisher.suppression.protect import Protection, protect_edition
from publisher.suppression.report import read_report
from publisher.synth.declarations import synthesise
from tests.lib.whole import FIRST, PREPARER, SERIES, approve_and_publish, ask_for_correction, build, opened, small

pytestmark = pytest.mark.slow


def revise(here: Workspace, folder: Path) -> None:
    """A tenth more value on twenty imports of the month, and ten more under new numbers."""
    synthesise(folder / "again.parquet", rows=2_000, seed=3, first_period=FIRST, periods=2)
    table = pq.read_table(folder / "again.parquet")
    imports = [row for row in table.to_pylist() if row["flow"] == "M" and str(row["acceptance_date"])[:7] == FIRST]
    rows = [
        row | {"version": 2, "statistical_value": row["statistical_value"] * 11 // 10} for row in imports[:200:10]
    ]
    rows += [
        row | {"declaration_id": f"LATE{number}", "origin": other["origin"], "importer": other["importer"]}
        for number, (row, other) in enumerate(zip(imports[200:210], imports[300:310], strict=True))
    ]
    pq.write_table(pa.Table.from_pylist(rows, schema=table.schema), folder / "revised.parquet")
    with opened(here) as store:
        ingest(store, [folder / "revised.parquet"], load_profile("native"), who=PREPARER)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    folder = tmp_path_factory.mktemp("revision")
    made = small(folder / "workspace")
    approve_and_publish(build(made, FIRST))
    revise(made, folder)
    ask_for_correction(made, FIRST)
    return made


def forgetting(exact: pipeline.Exact, **more: object) -> Protection:
    return protect_edition(exact)


def test_a_build_that_forgets_the_first_edition_fails_its_audit(
    here: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "hide_cells", forgetting)
    with pytest.raises(AuditFailedError):
        build(here, FIRST)


def test_the_revision_passes_without_help_and_is_reported(here: Workspace) -> None:
    edition = build(here, FIRST)
    assert edition.version == 2
    assert edition.manifest.audit.verdict == "passed"
    report = read_report(edition.private)
    assert report is not None
    assert report.before == f"monthly_trade/{FIRST}/v1"
    assert report.common > 1000
    assert not report.already_public
    assert report.newly_shown == 0  # what was hidden and did not change stays hidden
    public = b"".join(path.read_bytes() for path in edition.public.rglob("*.json"))
    assert b"newly_hidden" not in public
    assert "statuses" in json.loads((edition.private / "protection.json").read_text())
    assert_costs_what_it_hides(here, edition)


def assert_costs_what_it_hides(here: Workspace, edition: Edition) -> None:
    """`query cost --series` counts, cell by cell, what the build of the revision hid."""
    query = load_query(here.queries / "imports_by_commodity_origin.toml")
    with opened(here) as store:
        snapshot = take_snapshot(store)
        past = past_of(store, snapshot, query, FIRST, SERIES, NO_PROGRESS)
        (found,) = assess_all(store, snapshot, FIRST, [("", query)], SERIES, past, NO_PROGRESS)
    (cost,) = found.costs
    cells = pq.read_table(edition.public / "data" / f"{query.id}.parquet")
    hidden = cells.filter(pc.equal(cells.column("obs_status").cast(pa.string()), "Q"))
    published = set(zip(*(hidden.column(name).to_pylist() for name in query.structure.columns), strict=True))
    assert {cost.cells.codes(row) for row in (cost.cells.primary | cost.cells.secondary).nonzero()[0]} == published
    assert past.editions == (f"{SERIES}/{FIRST}/v1",)
    assert 0 < cost.kept.secondary < cost.secondary


def test_a_query_that_was_changed_under_the_same_id_is_refused(here: Workspace) -> None:
    """The first edition has rows of a level that the query no longer has."""
    path = here.queries / "imports_by_commodity_origin.toml"
    kept = path.read_text()
    path.write_text(kept.replace(', "subheading"]', "]"))
    try:
        with pytest.raises(ProtectionError, match="cannot be made again") as refused:
            build(here, FIRST)
    finally:
        path.write_text(kept)
    assert refused.value.place == "imports_by_commodity_origin"


def test_a_query_that_is_gone_is_refused(here: Workspace) -> None:
    plan, path = here.releases / "monthly_trade" / "plan.toml", here.queries / "imports_by_office_mode.toml"
    text, kept = plan.read_text(), path.read_text()
    plan.write_text(text.replace('  "imports_by_office_mode",\n', ""))
    path.unlink()
    try:
        with pytest.raises(ProtectionError, match="no query says any more") as refused:
            build(here, FIRST)
    finally:
        plan.write_text(text)
        path.write_text(kept)
    assert "imports_by_office_mode.toml" in refused.value.remedy


def test_one_contributor_has_one_pseudonym_over_both_snapshots(here: Workspace) -> None:
    """Cells that did not change have the same leader, and it has the same number."""
    with opened(here) as store:
        snapshot = take_snapshot(store)
        _, queries = pipeline.planned(here, "monthly_trade", FIRST)
        now = aggregate_exact(store, queries, FIRST, snapshot)
        past = pipeline.recall(store, ("monthly_trade",), FIRST, snapshot, pipeline.published(here))
    unlike = alike = 0
    found = {old.structure.id: old for old, _ in past.exact}
    for table, _ in now:
        old = found[table.structure.id]
        rows = {tuple(row[c] for c in table.structure.columns): row for row in table.cells.to_pylist()}
        for row in old.cells.to_pylist():
            twin = rows.get(tuple(row[c] for c in table.structure.columns))
            measures = [measure.id for measure in table.structure.measures]
            if twin and row["contributors"] == twin["contributors"] == 1 and all(row[m] == twin[m] for m in measures):
                alike += row["contributor_1"] == twin["contributor_1"]
                unlike += row["contributor_1"] != twin["contributor_1"]
    assert alike > 500
    assert unlike == 0


def test_looking_back_before_aggregating_changes_no_pseudonym(here: Workspace) -> None:
    """Pseudonyms of the present snapshot are made of it, not of the earlier one that looking back exposes."""
    made = []
    for look_back_first in (False, True):
        with opened(here) as store:
            snapshot = take_snapshot(store)
            _, queries = pipeline.planned(here, SERIES, FIRST)
            if look_back_first:
                pipeline.recall(store, (SERIES,), FIRST, snapshot, pipeline.published(here))
            made.append([table.cells for table, _ in aggregate_exact(store, queries, FIRST, snapshot)])
    assert all(one.equals(other) for one, other in zip(*made, strict=True))
