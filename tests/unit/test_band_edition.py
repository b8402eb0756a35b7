"""An edition with a table of values within a band: what readers find, and what the audit refuses."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from shutil import copytree
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq
import pytest

from publisher.audit.audit import audit
from publisher.audit.band_check import check_bands
from publisher.audit.edition import read_edition
from publisher.audit.secrets import Secrets
from publisher.catalogue.load import load_query
from publisher.dp.band.protect import protect_bands
from publisher.ledger.ledger import open_ledger
from publisher.model.audit_report import AuditReport
from publisher.model.band import BandRules
from publisher.model.privacy import Charge
from publisher.model.protected import ProtectedTable
from publisher.model.release_event import Moment, PlannedRelease, ReleaseId
from publisher.publication.edition import write_edition
from publisher.publication.site.write import write_site
from publisher.release.edition.inventory import inventory
from publisher.release.edition.manifest import BandLoss, Contents, Manifest, compose
from publisher.release.edition.records import decode, encode
from publisher.release.publish.index import place_in_series
from publisher.settings import Office
from tests.lib.bands import BANDS, values_of
from tests.lib.noise import data
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.protected_samples import PLAN, noisy_sample, suppression_sample
from tests.lib.release import make_workspace
from tests.lib.tables import privacy_rules

PERIOD = "2021-03"
RELEASE = PlannedRelease(
    ReleaseId(PLAN.id, PERIOD, 1), "first", Moment(PLAN.due(PERIOD), PLAN.schedule.timezone.key), "", announced=False
)
OFFICE = Office()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[ProtectedTable, Charge]:
    """The value of imports by chapter and region, invented, and its charge."""
    folder = tmp_path_factory.mktemp("band")
    (folder / "bands.toml").write_text(BANDS, "utf-8")
    query = load_query(folder / "bands.toml")
    assert isinstance(query.protection, BandRules)
    sums = values_of(query, [(place * 7919) ** 3 % 10**10 for place in range(97 * 6)], PERIOD)
    with open_ledger(folder / "ledger", SEAL_KEY) as ledger:
        allow(ledger, "7", query.protection.unit)
        return protect_bands(query, PERIOD, data(), ledger, sums), ledger.charges()[0]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, made: tuple[ProtectedTable, Charge]) -> Path:
    folder = tmp_path_factory.mktemp("band-edition")
    write_edition(folder, PLAN, PERIOD, 1, [made[0]], OFFICE)
    return folder


@pytest.fixture
def public(tmp_path: Path, written: Path) -> Path:
    """Figures and what is said of them, for a test to change. No pages: the audit would search them each time."""
    for name in ("data", "metadata"):
        copytree(written / name, tmp_path / "public" / name)
    return tmp_path / "public"


def judged(public: Path, charge: Charge, earlier: tuple[Path, ...] = ()) -> AuditReport:
    return audit("e", public, earlier, [], Secrets(()), [charge], queries=("bands",), insiders="off")


def test_an_honest_edition_passes(written: Path, made: tuple[ProtectedTable, Charge]) -> None:
    report = judged(written, made[1])
    assert report.findings == ()


def test_metadata_have_the_band_and_the_curve_as_exact_text(
    public: Path, made: tuple[ProtectedTable, Charge]
) -> None:
    (entry,) = json.loads((public / "metadata" / "tables.json").read_text("utf-8"))["tables"]
    noise = entry["noise"]
    assert (entry["method"], noise["rho"], noise["clip"], entry["absent_rows"]) == ("band", "1/2", None, "none")
    band = made[0].noise.band  # type: ignore[union-attr]
    assert band is not None
    assert [(p["value"], Fraction(p["rho"])) for p in noise["band"]["curve"]] == [
        (p.value, p.rho) for p in band.curve
    ]
    assert (noise["band"]["c"], noise["band"]["a"], noise["band"]["measure_unit"]) == (1500, 2_250_000, "KRW")


def test_the_page_says_in_plain_words_that_large_traders_are_not_protected(written: Path) -> None:
    page = (written / "tables" / "bands.html").read_text("utf-8")
    for told in (
        "What one company loses by being in this table",
        "1,000,000,000,000",
        "not protected",
        "Whether a company with a large value is there at all",
        'href="../methodology.html#bands"',
        "within c = 1500, per calendar year",
        "nothing is clipped",
    ):
        assert told in page
    methodology = (written / "methodology.html").read_text("utf-8")
    assert 'id="bands"' in methodology
    assert "That a large company trades at all is not protected by these tables." in methodology
    assert "whether it traded at all, and what, stays uncertain" not in page + methodology


def test_pages_without_such_tables_do_not_speak_of_them(tmp_path: Path) -> None:
    write_edition(tmp_path, PLAN, PERIOD, 1, [noisy_sample(PERIOD)], OFFICE)
    assert 'id="bands"' not in (tmp_path / "methodology.html").read_text("utf-8")
    (entry,) = json.loads((tmp_path / "metadata" / "tables.json").read_text("utf-8"))["tables"]
    assert "band" not in entry["noise"]


Tamper = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (lambda entry: entry["noise"].pop("band"), "does not state its band"),
        (lambda entry: entry["noise"]["band"].update(c=1501), "account that was charged is not that of the band"),
        (lambda entry: entry["noise"]["band"]["curve"][7].update(value=12_345_678), "the data could have chosen"),
        (lambda entry: entry["noise"]["band"]["curve"][7].update(high=21_736_833), "the data could have chosen"),
        (lambda entry: entry["noise"]["band"]["curve"][7].update(low=-1), "is not as the format asks"),
        (lambda entry: entry["noise"]["band"].update(a=2_250_001), None),  # a larger a says less: no lie about loss
        (lambda entry: entry["noise"]["band"].update(a=2_200_000), "less than what presence loses"),
        (lambda entry: entry["noise"]["band"]["curve"][7].update(rho="1/10"), "less than what presence loses"),
        (lambda entry: entry["noise"]["band"]["curve"][7].update(rho="much"), "less than what presence loses"),
        (lambda entry: entry["noise"]["band"].update(curve=[]), "no points"),
        (lambda entry: entry["noise"]["band"]["curve"].reverse(), "not in order"),
        (lambda entry: entry["noise"]["band"].update(measure="net_mass"), "its band is of that"),
        (lambda entry: entry["noise"].update(rho="1/4"), "its rho differs from the ledger's"),
        (
            lambda entry: entry["noise"].update(unit="importer per calendar year"),
            "its unit differs from the ledger's",
        ),
    ],
)
def test_a_tampered_promise_fails(
    public: Path, made: tuple[ProtectedTable, Charge], tamper: Tamper, problem: str | None
) -> None:
    path = public / "metadata" / "tables.json"
    described = json.loads(path.read_text("utf-8"))
    tamper(described["tables"][0])
    path.write_text(json.dumps(described), "utf-8")
    found = [finding.problem for finding in judged(public, made[1]).findings]
    assert any(problem in each for each in found) if problem else found == []


@pytest.mark.parametrize("what", ["a margin", "an interval", "a row"])
def test_tampered_numbers_fail(public: Path, made: tuple[ProtectedTable, Charge], what: str) -> None:
    path = public / "data" / "bands.parquet"
    table = pq.read_table(path)
    if what == "a row":
        table = table.slice(0, table.num_rows - 1)
    else:
        name = "statistical_value" if what == "a margin" else "statistical_value_lower"
        numbers = table.column(name).to_pylist()
        numbers[0] += 1 if what == "a margin" else 10**15
        table = table.set_column(table.column_names.index(name), name, pa.array(numbers, pa.int64()))
    pq.write_table(table, path)
    pa_csv.write_csv(table, public / "data" / "bands.csv")
    problems = {
        "a margin": "a margin is not the sum of its parts",
        "an interval": "an interval does not hold its value, or goes below 0",
        "a row": "not every combination of codes has a row",
    }
    assert problems[what] in [finding.problem for finding in check_bands(read_edition("e", public), ())]


def test_the_same_measure_exact_in_this_or_an_earlier_edition_fails(
    tmp_path: Path, public: Path, made: tuple[ProtectedTable, Charge]
) -> None:
    """Also over another universe: the sample leaves out goods in transit, the bands do not."""
    exact = suppression_sample(period=PERIOD).table
    write_edition(tmp_path / "both", PLAN, PERIOD, 1, [exact, made[0]], OFFICE)
    write_edition(tmp_path / "before", PLAN, PERIOD, 1, [exact], OFFICE)
    found = check_bands(read_edition("e", tmp_path / "both"), ())
    assert [finding.problem for finding in found] == [
        "measure statistical_value of imports_by_chapter_origin is the same number, protected otherwise"
    ]
    assert check_bands(read_edition("e", public), [read_edition("before", tmp_path / "before")])
    assert judged(public, made[1], (tmp_path / "before",)).findings


def test_the_same_measure_under_counts_noise_fails(tmp_path: Path, made: tuple[ProtectedTable, Charge]) -> None:
    other = noisy_sample(PERIOD)
    measure = replace(made[0].structure.measures[0], id="traders")
    write_edition(
        tmp_path,
        PLAN,
        PERIOD,
        1,
        [replace(other, structure=replace(other.structure, measures=(measure,))), made[0]],
        OFFICE,
    )
    assert check_bands(read_edition("e", tmp_path), ())


def test_a_charge_of_another_account_fails(public: Path, made: tuple[ProtectedTable, Charge]) -> None:
    wrong = replace(made[1], unit="importer per calendar year")
    assert "its unit differs from the ledger's" in [finding.problem for finding in judged(public, wrong).findings]


def test_the_manifest_holds_the_curve_and_others_stay_as_they_were(
    tmp_path: Path, made: tuple[ProtectedTable, Charge]
) -> None:
    here = make_workspace(tmp_path / "w")
    (tmp_path / "bands.toml").write_text(BANDS, "utf-8")
    query = load_query(tmp_path / "bands.toml")
    counts = noisy_sample(PERIOD)
    plain = replace(query, structure=counts.structure, protection=privacy_rules())
    contents = Contents(
        PLAN, PERIOD, RELEASE, (query, plain), (made[0], counts), AuditReport("e", (), ()), (), (), "h"
    )
    manifest = compose(here, contents, 1)
    back = decode(Manifest, encode(manifest), "manifest")
    assert back == manifest
    bands, noisy = (entry.privacy_loss for entry in back.queries)
    assert isinstance(bands, BandLoss)
    assert (bands.rho, bands.c, bands.a, bands.measure, len(bands.curve)) == (
        "1/2",
        1500,
        2_250_000,
        "statistical_value",
        13,
    )
    assert noisy is not None and not isinstance(noisy, BandLoss)
    assert set(json.loads(encode(noisy))) == {
        *("unit", "mechanism", "rho", "spent_rho", "cap_rho", "epsilon", "delta", "sigma", "measurement"),
        "deployment",
    }


def test_the_site_explains_bands_where_there_are_any(tmp_path: Path, made: tuple[ProtectedTable, Charge]) -> None:
    for name, tables in (("with", [made[0]]), ("without", [noisy_sample(PERIOD)])):
        public = tmp_path / name / "releases" / PLAN.id / PERIOD / "v1"
        write_edition(public, PLAN, PERIOD, 1, tables, OFFICE)
        contents = Contents(PLAN, PERIOD, RELEASE, (), (), AuditReport("e", (), ()), inventory(public), (), "")
        manifest = compose(make_workspace(tmp_path / f"{name} people"), contents, 1)
        write_site(tmp_path / name, place_in_series([manifest]), OFFICE, {PLAN.id: PLAN})
        assert ('id="bands"' in (tmp_path / name / "methodology.html").read_text("utf-8")) == (name == "with")
