"""Several levels in one measurement: what a query says is what is measured, and what it costs is exact.

The table is 8 x 6: commodity total, sections I, II, chapters 01..05; partner total, regions 002, 150, ZZ, countries
DE, FR (002 and ZZ are leaves).
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from publisher.dp.gaussian import calibrate_squared
from publisher.dp.levels import Levels
from publisher.dp.noisy import as_parquet, from_parquet, measurable, measure_noisily
from publisher.dp.protect import protect
from publisher.dp.strategy import level_plan
from publisher.errors import ProtectionError
from publisher.ledger.ledger import Ledger, open_ledger
from publisher.model.level_plan import LevelPlan, plan_of_shares
from publisher.model.privacy import Clip, LevelRules, PrivacyRules
from publisher.model.progress import NO_PROGRESS
from publisher.publication.files.dictionary import data_dictionary
from tests.lib.noise import PERIOD, data, no_norms, no_sums, noisy_query, sums_of
from tests.lib.privacy_ledger import SEAL_KEY, allow
from tests.lib.tables import ITEMS, TRADERS

CHAPTERS = LevelRules(("chapter", "total"), 7, Fraction(3, 5))
PLANNED = noisy_query(rho="1/2", at=3, levels=(CHAPTERS,))
ALONE = noisy_query(rho="1/2", at=3)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with open_ledger(tmp_path, SEAL_KEY) as opened:
        allow(opened, "5")
        yield opened


def _plan() -> LevelPlan:
    plan = level_plan(PLANNED.structure, PLANNED.protection)  # type: ignore[arg-type]
    assert plan is not None
    return plan


def test_the_plan_of_a_query_is_what_it_says() -> None:
    """chapters of all partners and the finest cells: cuts (2, 0) and (2, 2); shares 3/5 and 2/5 but for rounding"""
    plan = _plan()
    assert dict(plan.clips) == {(2, 0): 7, (2, 2): 3}
    assert [weights.count(0) for weights in plan.weights] == [2, 1]
    assert abs(plan.share((2, 0)) - Fraction(3, 5)) < Fraction(1, 400)
    assert plan.share((2, 0)) + plan.share((2, 2)) == 1
    assert min(plan.weight(cut) for cut in plan.clips) >= 1000
    assert plan.squared_sensitivity == (7 * plan.weight((2, 0))) ** 2 + (3 * plan.weight((2, 2))) ** 2


def test_what_is_measured_is_the_plan_and_nothing_else(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """One declaration in each of the 20 finest cells: 4 in each chapter."""
    drawn: list[np.ndarray] = []  # type: ignore[type-arg]
    monkeypatch.setattr("publisher.dp.noisy.draw", lambda values, *_: drawn.append(values) or values)  # type: ignore[func-returns-value]
    table = protect(PLANNED, PERIOD, data(), ledger, sums_of(PLANNED, 1), no_norms)
    plan = _plan()
    chapters, cells = plan.weight((2, 0)), plan.weight((2, 2))
    assert drawn[0].tolist() == [4 * chapters, *[cells] * 4] * 5
    assert table.cells.column("declarations").to_pylist()[:2] == [20, 5]


def test_the_noise_is_that_of_all_levels_together(ledger: Ledger) -> None:
    noise = protect(PLANNED, PERIOD, data(), ledger, sums_of(PLANNED), no_norms).noise
    assert noise is not None
    clips, sigmas = dict(noise.clip_by_level), dict(noise.sigma_by_level)
    assert clips == {"chapter x total": 7, "chapter x country": 3}
    assert (noise.clip, noise.sigma) == (3, sigmas["chapter x country"])
    spent = [Fraction(clips[at]) ** 2 / (2 * Fraction(sigmas[at]) ** 2) for at in clips]
    assert float(sum(spent)) == pytest.approx(0.5, rel=1e-12)
    assert float(spent[0]) == pytest.approx(0.3, rel=1 / 200)


def test_a_reader_is_told_what_a_total_counts(ledger: Ledger) -> None:
    for margins, told in (("own", False), ("sum", True)):
        query = noisy_query(rho="1/2", measures=(replace(TRADERS, margins=margins),))  # type: ignore[arg-type]
        period = {"own": "2021-02", "sum": "2021-03"}[margins]
        table = protect(query, period, data(), ledger, sums_of(query, period=period), no_norms)
        assert table.noise is not None
        assert ("counts once in every finest cell" in " ".join(table.noise.notes)) == told
        (column,) = [c for c in data_dictionary(table) if c.name == "traders"]
        assert ("totals are the sums" in column.description) == told


def test_a_rebuild_reads_plan_and_clips_from_the_seal(ledger: Ledger) -> None:
    first = protect(PLANNED, PERIOD, data(), ledger, sums_of(PLANNED, 50), no_norms)
    assert protect(PLANNED, PERIOD, data(), ledger, no_sums, no_norms) == first
    plan = _plan()
    noise = calibrate_squared(plan.squared_sensitivity, Fraction(1, 2))
    measured = measure_noisily(measurable(sums_of(PLANNED)(3, plan)), noise, NO_PROGRESS)
    assert from_parquet(as_parquet(measured)) == measured


def test_a_measured_margin_is_better_known(ledger: Ledger) -> None:
    def width(cells: pa.Table) -> int:
        return cells.column("declarations_upper")[18].as_py() - cells.column("declarations_lower")[18].as_py()

    clipped_alike = noisy_query(rho="1/2", at=3, levels=(replace(CHAPTERS, clip=3),))
    planned = protect(clipped_alike, PERIOD, data(), ledger, sums_of(clipped_alike, 90), no_norms).cells
    alone = protect(ALONE, "2021-03", data(), ledger, sums_of(ALONE, 90, period="2021-03"), no_norms).cells
    assert (planned["commodity"][18].as_py(), planned["partner"][18].as_py()) == (3, 0)
    assert width(alone) == 2 * np.ceil(1.959964 * 3 * 2)  # four cells of sigma 3
    assert width(planned) < width(alone)


def test_intervals_are_as_wide_as_the_noise_however_large_the_weights(ledger: Ledger) -> None:
    """Two trees: weights of a million and more. All numbers are far from 0, so nothing is cut off."""
    at = (("total", "total", 14), ("total", "country", 6), ("chapter", "total", 7))
    levels = tuple(LevelRules((goods, lands), clip, None) for goods, lands, clip in at)
    query = noisy_query(rho="1/2", at=3, levels=levels)
    cells = protect(query, PERIOD, data(), ledger, sums_of(query, 10_000), no_norms).cells
    plan = level_plan(query.structure, query.protection)  # type: ignore[arg-type]
    assert plan is not None
    assert min(plan.weight(cut) for cut in plan.clips) >= 10**6
    variances = Levels(query.structure, plan.weights).variances()
    wide = 2 * 1.959964 * np.sqrt(plan.squared_sensitivity * variances)  # sigma^2 = D^2 / (2 rho), rho = 1/2
    printed = cells.column("declarations_upper").to_numpy() - cells.column("declarations_lower").to_numpy()
    assert np.all(printed >= wide)
    assert np.all(printed <= wide + 4)


def test_other_levels_are_other_terms() -> None:
    others = [
        ALONE,
        PLANNED,
        noisy_query(rho="1/2", at=3, levels=(replace(CHAPTERS, clip=8),)),
        noisy_query(rho="1/2", at=3, levels=(replace(CHAPTERS, share=Fraction(1, 2)),)),
        noisy_query(rho="1/2", at=3, levels=(replace(CHAPTERS, share=None),)),
        noisy_query(rho="1/2", at=3, levels=(replace(CHAPTERS, at=("section", "total")),)),
        noisy_query(rho="1/2", at=3, measures=(replace(TRADERS, margins="sum"),)),
        noisy_query(rho="1/2", at=3, measures=(TRADERS,)),
    ]
    assert len({query.measurement_digest for query in others}) == len(others)


@pytest.mark.parametrize(
    "change",
    [
        {"plan": None},
        {"plan": LevelPlan(((0, 0, 1), (1, 0, 1)), {(2, 0): 7, (2, 2): 3})},
        {"clip": 7},
        {"scale": 0},
    ],
    ids=str,
)
def test_sums_of_another_plan_cost_nothing(ledger: Ledger, change: dict[str, object]) -> None:
    def other(clip: int, plan: LevelPlan | None = None):  # type: ignore[no-untyped-def]
        return replace(sums_of(PLANNED)(clip, plan), **change)  # type: ignore[arg-type]

    with pytest.raises(ProtectionError):
        protect(PLANNED, PERIOD, data(), ledger, other, no_norms)
    assert ledger.charges() == ()


def test_levels_that_are_no_combinations_are_refused_before_the_spend(ledger: Ledger) -> None:
    """Chapters of all partners and partners of all goods, without the grand total."""
    partners = LevelRules(("total", "country"), 7, Fraction(1, 5))
    query = noisy_query(rho="1/2", at=3, levels=(CHAPTERS, partners))
    with pytest.raises(ProtectionError, match="all combinations"):
        protect(query, PERIOD, data(), ledger, no_sums, no_norms)
    assert ledger.charges() == ()


@pytest.mark.parametrize(
    ("weights", "clips"),
    [
        (((0, 1), (1, 1)), {(1, 1): 3}),
        (((0, 1), (0, 1)), {(1, 1): 3, (1, 0): 3}),
        (((0, 1), (0, 1)), {(1, 1): 0}),
        (((0, 1), (0, 1)), {}),
    ],
)
def test_a_plan_has_a_clip_for_what_it_measures(weights: object, clips: object) -> None:
    with pytest.raises(ValueError, match="a clip of at least 1"):
        LevelPlan(weights, clips)  # type: ignore[arg-type]


def test_shares_over_two_trees_must_multiply() -> None:
    """precision = share / clip^2: 1, 2, 3 and 6 sixteenths multiply, 1, 2, 3 and 5 do not."""
    clips = {(0, 0): 4, (0, 1): 4, (1, 0): 4, (1, 1): 4}
    shares = dict(zip(clips, (Fraction(part, 12) for part in (1, 2, 3, 6)), strict=True))
    plan = plan_of_shares([2, 2], clips, shares)
    assert all(abs(plan.share(cut) - share) < share / 200 for cut, share in shares.items())
    with pytest.raises(ValueError, match="product"):
        plan_of_shares([2, 2], clips, shares | {(1, 1): Fraction(5, 12)})


def test_large_clips_get_coarser_weights_and_then_none() -> None:
    shares = {(0,): Fraction(1, 2), (1,): Fraction(1, 2)}
    plan = plan_of_shares([2], {(0,): 10**10, (1,): 10**10}, shares)
    assert plan.squared_sensitivity <= 2**80
    assert plan.weights == ((10, 10),)
    with pytest.raises(ValueError, match="too large"):
        plan_of_shares([2], {(0,): 2**40, (1,): 2**40}, shares)


def test_a_private_clip_has_no_levels() -> None:
    rules = PrivacyRules("u", Fraction(1), Clip("private_quantile", Fraction(1, 2)), levels=(CHAPTERS,))
    with pytest.raises(ProtectionError, match="fixed clip"):
        level_plan(noisy_query(measures=(ITEMS,)).structure, rules)
