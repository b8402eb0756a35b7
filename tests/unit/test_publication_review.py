"""review(): what an approver is told, each question at its boundary, and nothing of it below public/."""

import json
import stat
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from publisher.cli import review as review_command
from publisher.cli.app import app_for
from publisher.errors import ReleaseError
from publisher.publication.public_cells import PublicMeasure
from publisher.publication.review.lines import PatternChange, PrivateNotes
from publisher.publication.review.page import review_html
from publisher.publication.review.plausibility import Flag, total_flags
from publisher.publication.review.review import Review, review
from publisher.publication.tables.totals import Total
from publisher.release.edition.edition import Edition
from publisher.release.edition.manifest import EditionRef, PrivacyLoss, TableEntry
from publisher.release.edition.records import encode
from publisher.settings import Workspace
from tests.lib.protected_samples import PLAN, suppression_sample, three_tables
from tests.lib.published_site import OFFICE
from tests.lib.revised import revised
from tests.lib.small_edition import Codes, Numbers, edition, exact, noisy

ALL = ("_T", "_T")
MEASURE = PublicMeasure("v", "Value", "KRW", 0, "statistical_value", False)
LAST = "February 2021, version 1"


class Desk:
    """A workspace with editions that nobody signed."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        for folder in (self.workspace.queries, self.workspace.releases):
            folder.mkdir(parents=True)

    def put(self, *tables: object, period: str = "2021-03", version: int = 1) -> Edition:
        made = Edition(self.workspace, PLAN.id, period, version)
        edition(made.public, *tables, version=version)  # type: ignore[arg-type]
        made.private.mkdir()
        return made

    def compare(self, before: dict[Codes, Numbers], now: dict[Codes, Numbers]) -> Review:
        last = self.put(exact(before, "2021-02"), period="2021-02")
        return review(self.put(exact(now)), last=last, replaces=None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "w")


def questions(found: Review) -> list[str]:
    return [flag.question for flag in found.flags]


def test_the_digest_is_that_of_the_manifest(desk: Desk) -> None:
    one = desk.put(*three_tables())
    found = review(one, last=None, replaces=None)
    assert found.digest == one.manifest.ref.manifest_sha256
    assert (found.last, found.replaces, found.flags) == ("", "", ())
    page = review_html(found, OFFICE).decode()
    assert "15 April 2021, 09:30 (Asia/Seoul)</time>, a first publication." in page
    assert found.digest in page and f"--digest {found.digest}" in page
    assert "There is no earlier period to compare with." in page


def test_headlines_against_the_period_and_the_version_before(desk: Desk) -> None:
    last = desk.put(exact({ALL: (100, 1_000)}, "2021-02"), period="2021-02")
    older = desk.put(exact({ALL: (130, 1_000)}))
    now = desk.put(exact({ALL: (120, None)}), version=2)
    value, mass = review(now, last=last, replaces=older).headlines
    assert (value.now, value.last, value.since_last) == ("120", "100", "+20 (+20.0 %)")
    assert (value.replaced, value.since_replaced) == ("130", "\N{MINUS SIGN}10 (\N{MINUS SIGN}7.7 %)")
    assert (mass.now, mass.last, mass.since_last) == ("not shown", "1.000", "")


def test_movements_name_cells_and_leave_the_total_to_the_headlines(desk: Desk) -> None:
    before: dict[Codes, Numbers] = {ALL: (100, 1), ("01", "KR"): (60, 1), ("02", "KR"): (40, 1)}
    found = desk.compare(before, {ALL: (110, 1), ("01", "KR"): (65, 1), ("02", "KR"): (45, 1)})
    (table,) = found.moved
    assert [(line.cell[0].code, line.difference) for line in table.lines] == [
        ("01", "+5 (+8.3 %)"),
        ("02", "+5 (+12.5 %)"),
    ]


def test_revisions_are_counted_by_kind(desk: Desk) -> None:
    table = suppression_sample().table
    found = review(desk.put(revised(table), version=2), last=None, replaces=desk.put(table))
    assert found.revision_counts == {
        "revised": 5,
        "no longer shown": 2,
        "newly shown": 2,
        "added": 2,
        "removed": 2,
    }
    page = review_html(found, OFFICE).decode()
    assert "5 figures revised" in page and "The reason that readers will see: A number was wrong." in page


@pytest.mark.parametrize(("now", "asked"), [(150, False), (151, True), (50, False), (49, True)])
def test_a_total_may_move_by_half_and_no_more(now: int, asked: bool) -> None:
    flags = total_flags("t", [_total(100)], [_total(now)], LAST, Fraction(1, 2))
    assert bool(list(flags)) == asked


@pytest.mark.parametrize(("lower", "asked"), [(160, False), (161, True)])
def test_a_noisy_total_moves_only_beyond_its_margins(lower: int, asked: bool) -> None:
    """100 ± 10: the limit of half is counted from the nearest ends, 110 and `lower`."""
    now = Total(MEASURE, "noisy", lower + 10, lower, lower + 20)
    assert bool(list(total_flags("t", [Total(MEASURE, "noisy", 100, 90, 110)], [now], LAST, Fraction(1, 2)))) == asked


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (Total(MEASURE, "hidden"), "the total is not shown"),
        (Total(MEASURE, "absent"), "the total is no figure"),
        (Total(MEASURE, "shown", 0, 0, 0), "the total is zero"),
    ],
)
def test_a_total_that_was_lost_is_asked_for(now: Total, words: str) -> None:
    (flag,) = total_flags("t", [_total(100)], [now], LAST, Fraction(1, 2))
    assert words in flag.question
    assert not list(total_flags("t", [Total(MEASURE, "hidden")], [now], LAST, Fraction(1, 2)))


def _total(value: int) -> Total:
    return Total(MEASURE, "shown", value, value, value)


@pytest.mark.parametrize(("value", "asked"), [(10, True), (9, False)])
def test_a_series_of_a_hundredth_that_falls_to_zero(desk: Desk, value: int, asked: bool) -> None:
    found = desk.compare({ALL: (1_000, 1), ("01", "KR"): (value, 1)}, {ALL: (1_000, 1)})
    fallen = [flag for flag in found.flags if "fell to zero" in flag.question]
    assert bool([flag for flag in fallen if flag.question.startswith("Statistical value")]) == asked
    if asked:
        assert "Korea" in fallen[0].cells[0] and "1 large cell" in fallen[0].question


def test_a_series_out_of_nothing(desk: Desk) -> None:
    found = desk.compare({ALL: (1_000, 1)}, {ALL: (1_000, 1), ("01", "KR"): (10, 0)})
    assert any("came out of nothing" in question for question in questions(found))


@pytest.mark.parametrize(("mass", "asked"), [(300, False), (301, True), (34, False), (33, True)])
def test_a_price_that_moves_more_than_threefold(desk: Desk, mass: int, asked: bool) -> None:
    before: dict[Codes, Numbers] = {ALL: (1_000, 900), ("01", "KR"): (100, 100)}
    found = desk.compare(before, {ALL: (1_000, 900), ("01", "KR"): (100, mass)})
    assert any("A wrong unit?" in question for question in questions(found)) == asked


def test_the_same_file_taken_in_twice(desk: Desk) -> None:
    table = suppression_sample().table
    last = desk.put(suppression_sample(period="2021-02").table, period="2021-02")
    found = review(desk.put(table), last=last, replaces=None)
    assert questions(found) == [f"Every figure is the same as in {LAST}. Were the same declarations taken in twice?"]


def test_an_empty_table_and_one_that_went(desk: Desk) -> None:
    last = desk.put(exact({ALL: (9, 9)}, "2021-02"), noisy({ALL: (5, 1, 9)}, "2021-02"), period="2021-02")
    found = review(desk.put(exact({})), last=last, replaces=None)
    assert f"The table is empty; it was not in {LAST}." in questions(found)
    assert f"Not compared with {LAST}: not in the newer edition." in questions(found)
    assert found.not_compared == ("Traders: not in the newer edition",)


def test_a_pattern_that_jumps(desk: Desk) -> None:
    codes = [("01", place) for place in ("KR", "JP", "CN", "US", "DE", "FR", "IT", "ES", "GB")]
    before: dict[Codes, Numbers] = {ALL: (100, 1), **dict.fromkeys(codes, (5, 1))}
    found = desk.compare(before, before | dict.fromkeys(codes[:2], (None, None)))
    assert any("4 of 20 figures changed between shown and not shown" in q for q in questions(found))
    quiet = Desk(desk.workspace.root.parent / "other").compare(before, before | {codes[0]: (None, None)})
    assert not any("between shown and not shown" in question for question in questions(quiet))


def test_what_the_office_alone_knows_is_asked_too(desk: Desk) -> None:
    notes = PrivateNotes(
        before="monthly_trade/2021-02/v1",
        patterns={"imports": PatternChange(10, 3, 4)},
        already_public=2,
        changed_since=("traders",),
        attacked={"primaries": 4711},
    )
    found = review(desk.put(exact({ALL: (9, 9)}), noisy({ALL: (5, 1, 9)})), last=None, replaces=None, notes=notes)
    assert found.flags == (
        Flag("Traders", "Declarations changed since the noise was drawn. The figures are of what was measured then."),
        Flag("All tables", "2 unsafe numbers that are hidden here stand in an earlier edition."),
    )
    assert (found.costs[0].newly_hidden, found.costs[0].newly_shown) == (3, 4)
    page = review_html(found, OFFICE).decode()
    assert "3 / 4" in page and "primaries 4,711" in page


def test_costs_count_cells_and_what_stays_visible(desk: Desk) -> None:
    cells: dict[Codes, Numbers] = {ALL: (100, 10), ("01", "KR"): (60, 9), ("01", "JP"): (None, None)}
    value, mass = review(desk.put(exact(cells)), last=None, replaces=None).costs
    assert (value.cells, value.shown, value.hidden, value.visible) == (3, 2, 1, "60.0 %")
    assert mass.visible == "90.0 %" and value.newly_hidden is None


def test_spends_are_those_of_the_manifest(desk: Desk) -> None:
    one = desk.put(noisy({ALL: (5, 1, 9)}))
    loss = PrivacyLoss(
        unit="importer per calendar year",
        mechanism="m",
        rho="1/50",
        spent_rho="3/50",
        cap_rho="1",
        epsilon=1.46,
        delta=1e-6,
        sigma=6.7,
        measurement="m-1",
    )
    entry = TableEntry(
        id="traders",
        title="Traders",
        method="dp",
        digest="d",
        policy_commitment="0" * 64,
        snapshot="s0001",
        privacy_loss=loss,
    )
    (one.public / "manifest.json").write_bytes(encode(one.manifest.model_copy(update={"queries": (entry,)})))
    (line,) = review(one, last=None, replaces=None).spends
    assert (line.rho, line.spent, line.limit, line.epsilon) == ("1/50", "3/50", "1", "1.46 at delta 1e-06")


def test_a_withdrawn_edition_is_no_basis(desk: Desk) -> None:
    last = desk.put(exact({ALL: (9, 9)}, "2021-02"), period="2021-02")
    (last.public / "withdrawn.json").write_text("{}")
    with pytest.raises(ReleaseError, match="was withdrawn"):
        review(desk.put(exact({ALL: (9, 9)})), last=last, replaces=None)


class Out:
    """What the log says is out, and what was withdrawn, for the command."""

    def __init__(self) -> None:
        self.refs: list[EditionRef] = []
        self.withdrawn: dict[str, str] = {}

    @property
    def published(self) -> dict[str, SimpleNamespace]:
        return {ref.name: SimpleNamespace(edition=ref) for ref in self.refs}


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Out:
    out = Out()
    monkeypatch.setattr(review_command, "read_log", lambda workspace: out)
    return out


def test_the_command_writes_a_page_for_the_owner_alone(desk: Desk, published: Out) -> None:
    last = desk.put(exact({ALL: (100, 1_000)}, "2021-02"), period="2021-02")
    published.refs.append(last.manifest.ref)
    now = desk.put(exact({ALL: (120, 1_000)}))
    (now.private / "audit.json").write_text('{"measured": {"primaries": 4711}}')
    public = {path: path.read_bytes() for path in now.public.rglob("*") if path.is_file()}
    done = CliRunner().invoke(app_for(()), ["review", now.name, "-w", str(desk.workspace.root)])
    assert done.exit_code == 0, done.output
    assert now.manifest.ref.manifest_sha256 in done.output and "+20 (+20.0 %)" in done.output
    page = now.private / "review.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert "4,711" in page.read_text("utf-8")
    assert public == {path: path.read_bytes() for path in now.public.rglob("*") if path.is_file()}


def test_the_command_as_json_says_that_it_is_confidential(desk: Desk, published: Out) -> None:
    now = desk.put(exact({ALL: (120, 1_000)}))
    done = CliRunner().invoke(app_for(()), ["review", now.name, "--json", "-w", str(desk.workspace.root)])
    found = json.loads(done.output)
    assert next(iter(found)) == "confidential" and found["confidential"] is True
    assert found["digest"] == now.manifest.ref.manifest_sha256


def test_it_is_held_against_the_newest_that_stand(desk: Desk, published: Out) -> None:
    made = {}
    for period, version in (("2021-01", 1), ("2021-02", 1), ("2021-02", 2), ("2021-03", 1), ("2021-03", 2)):
        made[period, version] = desk.put(exact({ALL: (9, version)}, period), period=period, version=version)
        published.refs.append(made[period, version].manifest.ref)
    other = published.refs[0].model_copy(update={"series": "yearly_trade", "period": "2021-02", "version": 9})
    published.refs.append(other)
    now = desk.put(exact({ALL: (9, 7)}), version=3)
    assert review_command.editions_before(now) == (made["2021-02", 2], made["2021-03", 2])
    published.withdrawn = {made[key].name: "gone" for key in (("2021-02", 2), ("2021-03", 2))}
    assert review_command.editions_before(now) == (made["2021-02", 1], made["2021-03", 1])


def test_a_published_edition_is_shown_and_not_written_to(desk: Desk, published: Out) -> None:
    now = desk.put(exact({ALL: (120, 1_000)}))
    published.refs.append(now.manifest.ref)
    done = CliRunner().invoke(app_for(()), ["review", now.name, "--brief", "-w", str(desk.workspace.root)])
    assert done.exit_code == 0 and not (now.private / "review.html").exists()
    assert "page:" not in done.output
    refused = CliRunner().invoke(app_for(()), ["review", now.name, "--as", "bob", "-w", str(desk.workspace.root)])
    assert isinstance(refused.exception, ReleaseError) and "is published already" in str(refused.exception)


def test_a_damaged_report_is_named(desk: Desk, published: Out) -> None:
    now = desk.put(exact({ALL: (120, 1_000)}))
    (now.private / "audit.json").write_text("{")
    done = CliRunner().invoke(app_for(()), ["review", now.name, "-w", str(desk.workspace.root)])
    assert isinstance(done.exception, ReleaseError) and "audit.json" in str(done.exception)


def test_preview_of_what_is_out_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch, published: Out) -> None:
    now = desk.put(exact({ALL: (120, 1_000)}))
    monkeypatch.setattr("publisher.cli.preview.published", lambda workspace: (now.manifest.ref,))
    done = CliRunner().invoke(app_for(()), ["preview", now.name, "-w", str(desk.workspace.root)])
    assert isinstance(done.exception, ReleaseError) and "is published already" in str(done.exception)
