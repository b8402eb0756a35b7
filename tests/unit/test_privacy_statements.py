"""What every noisy table says to its reader: nothing of the list in dp/README.md is missing, nothing is false."""

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opendp.prelude as opendp
import pytest

from publisher.dp.gaussian import at_least
from publisher.dp.loss import DELTAS, curve
from publisher.dp.protect import protect
from publisher.dp.quantile_table import protect_quantiles
from publisher.dp.words import ADDITIVE, DISTINCT, QUANTILE
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.protected import ProtectedTable
from publisher.publication.edition_pages import table_page
from publisher.publication.files.metadata import write_tables_json
from publisher.publication.imprint import Imprint
from publisher.publication.pages import render
from publisher.publication.privacy.statement import delta_words, privacy_statement
from publisher.publication.tables.published import publishable
from publisher.release.edition.manifest import PrivacyLoss, _loss
from publisher.release.edition.records import decode, encode
from publisher.settings import Office
from tests.lib.noise import PERIOD, data, no_norms, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.protected_samples import PLAN, noise_statement
from tests.lib.quantiles import quantile_query, rows_of
from tests.lib.tables import ITEMS, TRADERS, declaration
from tests.lib.tables import PERIOD as MONTH

KINDS = ("additive", "distinct", "quantile")
TOLD = {  # what reference and README ask for -> words of which one must stand in the statement
    "who is protected": ("any one importer",),
    "in which period": (f"declared in {PERIOD}", f"declared in {MONTH}"),
    "what is not protected: keys": ("the list of codes",),
    "what is not protected: universe": ("the definition of what is counted",),
    "what is not protected: suppressed tables": ("tables made by suppression",),
    "rho": ("= 1/50", "= 1/2"),
    "epsilon at delta": ("at δ = 10⁻⁶, for this table alone",),
    "the curve": ("at δ = 10⁻¹⁰",),
    "this year's spend": ("of at most 1 in the year",),
    "the cumulative spend": ("of at most 20",),
    "mechanism": ("discrete Gaussian",),
    "sigma": ("on each measured number", "on each count of rows"),
    "clip": ("8 (fixed", "4 goods items (fixed"),
    "how the clip was chosen": ("in the query)",),
    "clipping biases": ("a little too low", "lie lower or higher"),
    "the interval excludes that bias": ("The interval does not include this effect",),
    "an interval a cell": ("In 95 of 100 draws",),
    "not sampling error": ("not a sampling error",),
    "why sums do or do not add up": (ADDITIVE, DISTINCT, QUANTILE),
    "why negatives or zeros occur": ("No number is negative", "whether they are empty or not"),
    "measurement": ("drawn once",),
    "data snapshot": ("s0001",),
    "rebuilt, not redrawn": ("rebuild does not draw again",),
}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path / "ledger", SEAL_KEY) as opened:
        allow(opened, "1", lifetime="20")
        opened.require_head({})
        yield opened


def _table(kind: str, ledger: Ledger) -> ProtectedTable:
    if kind == "quantile":
        items = [declaration(importer=f"T{n}", clearance_hours=3) for n in range(300)]
        asked = quantile_query()
        return protect_quantiles(asked, MONTH, data(), ledger, lambda clip: rows_of(asked, items, clip))
    query = noisy_query(measures=(ITEMS if kind == "additive" else TRADERS,))
    return protect(query, PERIOD, data(), ledger, sums_of(query), no_norms)


def _words(table: ProtectedTable) -> str:
    statement = privacy_statement(publishable(table), "methodology.html")
    assert statement is not None
    terms = [" ".join((term.name, term.value, *term.items)) for term in statement.terms]
    return "\n".join((*terms, *statement.notes))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_list_is_missing(kind: str, ledger: Ledger) -> None:
    words = _words(_table(kind, ledger))
    for what, told in TOLD.items():
        assert any(one in words for one in told), what


@pytest.mark.parametrize(("kind", "true"), [("additive", ADDITIVE), ("distinct", DISTINCT), ("quantile", QUANTILE)])
def test_of_sums_it_says_what_is_true_of_its_own_kind(kind: str, true: str, ledger: Ledger, tmp_path: Path) -> None:
    """Once each: neither page nor statement may claim of a table that adds up that it does not, or the reverse."""
    table = _table(kind, ledger)
    (tmp_path / "data").mkdir()
    for name in ("csv", "parquet"):
        (tmp_path / "data" / f"{table.structure.id}.{name}").write_text("")
    page = render(table_page(tmp_path, publishable(table), Imprint(PLAN, table.time_period, 1, Office())))
    for sentence in (ADDITIVE, DISTINCT, QUANTILE):
        assert page.count(sentence) == (sentence == true)
    assert "need not add up" not in page and "Oddities" not in page


@pytest.mark.parametrize("rho", ["1/1000", "1/150", "1/50", "1/20", "1/3", "1", "20"])
def test_the_curve_is_opendps_and_never_below_it(rho: str) -> None:
    space = opendp.vector_domain(opendp.atom_domain(T="i64")), opendp.l2_distance(T=float)
    gaussian = opendp.m.make_gaussian(*space, scale=at_least(Fraction(1), Fraction(rho)))
    theirs = opendp.c.make_zCDP_to_approxDP(gaussian).map(1.0)
    found = curve(Fraction(rho))
    assert tuple(delta for delta, _ in found) == DELTAS
    for delta, epsilon in found:
        assert theirs.epsilon(delta) <= epsilon <= theirs.epsilon(delta) + 1.1e-4


def test_levels_are_told_where_they_differ(ledger: Ledger) -> None:
    table = _table("additive", ledger)
    assert table.noise is not None
    levels = replace(
        table.noise, sigma_by_level=(("chapter", 12.5), ("total", 40.0)), clip_by_level=(("chapter", 3),)
    )
    words = _words(replace(table, noise=levels))
    assert "chapter 12.5; total 40" in words and "chapter 3 (fixed" in words


def test_no_limit_over_all_years_is_said_in_words(ledger: Ledger) -> None:
    table = _table("additive", ledger)
    assert table.noise is not None
    assert "no limit over all years" in _words(replace(table, noise=replace(table.noise, lifetime_cap_rho=None)))


def test_deltas_in_words() -> None:
    assert [delta_words(delta) for delta in (1e-6, 1e-10, 2.5e-9)] == ["10⁻⁶", "10⁻¹⁰", "2.5 · 10⁻⁹"]


def test_the_manifest_describes_the_deployment(ledger: Ledger) -> None:
    noise = _table("quantile", ledger).noise
    assert noise is not None
    spelled = json.loads(encode(_loss(noise)))
    deployment = spelled["deployment"]
    assert deployment["privacy_unit"] == "importer per calendar year"
    assert (deployment["contribution_bound"], deployment["contribution_norm"]) == (4, "l2")
    assert deployment["contribution_bound_choice"] == "fixed at 4 in the query"
    assert [(p["delta"], p["epsilon"]) for p in deployment["loss_curve"]] == list(noise.curve)
    assert deployment["mechanism"] == noise.mechanism
    assert deployment["quantile_scale"] == {"median_hours": noise.quantile_scales[0][1]}
    assert deployment["spend_in_year"] == {"spent_rho": "1/2", "limit_rho": "1"}
    assert deployment["spend_in_lifetime"] == {"spent_rho": "1/2", "limit_rho": "20"}
    assert decode(PrivacyLoss, encode(_loss(noise)), "manifest") == _loss(noise)


def test_a_manifest_from_before_is_still_spelled_as_it_was() -> None:
    """Signatures are over bytes: a field that is not there must not come in by reading and writing."""
    old = _loss(replace(noise_statement(), curve=(), lifetime_rho=None))
    assert "deployment" not in json.loads(encode(old))
    assert decode(PrivacyLoss, encode(old), "manifest") == old


def test_the_machine_readable_statement_has_the_new_fields(ledger: Ledger, tmp_path: Path) -> None:
    table = _table("quantile", ledger)
    write_tables_json(tmp_path / "tables.json", [publishable(table)], PLAN.id, MONTH)
    entry = json.loads((tmp_path / "tables.json").read_text("utf-8"))["tables"][0]
    assert entry["measures"][0]["quantile"] == "1/2"
    assert entry["measures"][0]["candidates"] == [1, 2, 4, 8, 16]
    assert (entry["noise"]["lifetime_rho"], entry["noise"]["lifetime_cap_rho"]) == ("1/2", "20")
    assert entry["noise"]["curve"][3] == {"delta": 1e-6, "epsilon": table.noise.epsilon}  # type: ignore[union-attr]
