"""Protected tables of synthetic declarations, as the shipped monthly plan asks for them: what is before publication.

A first edition, without audit and seal: see tests.bench.audit and tests.bench.publish.
"""

from pathlib import Path

from publisher.catalogue.plan import Plan
from publisher.catalogue.plan_rules import caps_of
from publisher.cli.workspace import make_workspace
from publisher.ledger.adopt import adopt
from publisher.ledger.ledger import open_ledger
from publisher.model.protected import ProtectedTable
from publisher.pipeline import add_noise, aggregate_exact, planned
from publisher.settings import load_settings
from publisher.store.connection import Store, create_store
from publisher.store.ingest import ingest
from publisher.store.profile import load_profile
from publisher.store.snapshot import take_snapshot
from publisher.suppression.protect import protect_edition
from publisher.synth.declarations import synthesise
from tests.bench.stages import Stages

SERIES = "monthly_trade"


def declared_tables(folder: Path, period: str, rows: int, stages: Stages) -> tuple[Plan, list[ProtectedTable]]:
    """The plan, and its tables of one month with so many declarations."""
    here, source = make_workspace(folder), folder / "declarations.parquet"
    with stages.stage("declarations"):
        synthesise(source, rows=rows, seed=1, first_period=period, periods=1)
    with create_store(here, "a passphrase for a bench", load_settings(here)) as store:
        with stages.stage("ingest"):
            ingest(store, [source], load_profile("native"), who="bench")
        return _protected(store, period, stages)


def _protected(store: Store, period: str, stages: Stages) -> tuple[Plan, list[ProtectedTable]]:
    (plan, queries), snapshot = planned(store.workspace, SERIES, period), take_snapshot(store)
    with stages.stage("aggregate"):
        exact = aggregate_exact(store, queries, period, snapshot)
    with stages.stage("suppress"):
        hidden = protect_edition(exact).tables
    with stages.stage("noise"), open_ledger(store.workspace.ledger, store.seal_key) as ledger:
        ledger.require_head({})
        adopt(ledger, caps_of(plan, queries))
        noisy = tuple(add_noise(store, plan, queries, period, snapshot, ledger))
    return plan, sorted((*hidden, *noisy), key=lambda table: plan.queries.index(table.structure.id))
