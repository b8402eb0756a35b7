"""Errors on the Korean sample, against noise on independent cells clamped at 0 and against chapters measured alone.

Two readings of "at least 25 % below independent cells" and "chapters no worse than alone times 1.25": with the same
clip on either side, and with each baseline's best clip. The plan's clips and share were fixed before these runs,
after trials on the same open sample; the best clips of the baselines are found on it too.
"""

import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from publisher.dp.gaussian import calibrate, draw
from publisher.dp.strategy import expected_rmse
from publisher.model.confidential import ClippedSums
from publisher.model.level_plan import LevelPlan
from tests.bench.privacy_peers import Peers, peers
from tests.bench.privacy_traders import RHO, SCALE, Integers, Reals, Traders, adds_up, load, printer, rmse

CELLS, CHAPTERS, SHARE = 3, 7, Fraction(3, 5)  # as in queries/traders_by_chapter_origin.toml
CELL_CLIPS = (2, 3, 4, 5)
CHAPTER_CLIPS = (3, 5, 6, 7, 8, 9, 10)

Row = dict[str, Any]
Mean = dict[str, float]


def accuracy(sample: Path, repetitions: int, asked: Peers) -> Row:
    traders = load(sample)
    chapters = traders.true.sum(axis=1)
    cells = {clip: _errors(_clamped_cells(traders, clip), traders.true, repetitions) for clip in CELL_CLIPS}
    alone = {clip: _errors(_clamped_chapters(traders, clip), chapters, repetitions) for clip in CHAPTER_CLIPS}
    ours = {
        "finest cells alone": _printed(traders, traders.clipped(CELLS), repetitions),
        "as in the query": _planned(traders, traders.plan(CELLS, CHAPTERS, SHARE), repetitions),
        "shares chosen": _planned(traders, traders.plan(CELLS, CHAPTERS, None), repetitions),
    }
    return {
        "bench": "privacy accuracy",
        "rho": str(RHO),
        "repetitions": repetitions,
        "cells": traders.true.size,
        "independent_cells": _by_clip(cells),
        "chapters_alone": _by_clip(alone),
        "printed": ours,
        "readings": list(_readings(cells, alone, ours)),
        "peers": peers(traders, asked),
    }


def _clamped_cells(traders: Traders, clip: int) -> Callable[[], Reals]:
    """Noise on every cell by itself, clamped at 0."""
    sums = traders.clipped(clip).sums.column("traders").to_numpy().reshape(traders.true.shape)
    return lambda: _clamped(sums, clip)


def _clamped_chapters(traders: Traders, clip: int) -> Callable[[], Reals]:
    """The whole budget on chapters, each importer's numbers by chapter clipped as the program does it."""
    plan = LevelPlan(((0, 1), (SCALE, 1)), {(1, 0): clip, (1, 1): 1})
    sums = traders.clipped(1, plan).sums.column("traders").to_numpy().reshape(traders.shape)[1:, 0]
    return lambda: _clamped(sums, clip)


def _clamped(sums: Integers, clip: int) -> Reals:
    noisy = draw(sums.ravel(), calibrate(clip * SCALE, RHO)).reshape(sums.shape)
    return np.maximum(noisy / SCALE, 0)


def _planned(traders: Traders, plan: LevelPlan, repetitions: int) -> Row:
    shares = {str(cut): round(float(plan.share(cut)), 4) for cut in plan.clips}
    expected = {level: round(error, 2) for level, error in expected_rmse(traders.table, plan, RHO).items()}
    found = _printed(traders, traders.clipped(CELLS, plan), repetitions)
    return {"shares": shares, "expected_noise_rmse": expected, **found}


def _printed(traders: Traders, clipped: ClippedSums, repetitions: int) -> Row:
    """What a reader gets, and whether margins added up exactly in every run."""
    tables = [run() for run in [printer(traders, clipped)] * repetitions]
    parts = {"cells": np.s_[1:, 1:], "chapters": np.s_[1:, 0], "origins": np.s_[0, 1:]}
    true = {"cells": traders.true, "chapters": traders.true.sum(axis=1), "origins": traders.true.sum(axis=0)}
    return {
        **{name: _mean([rmse(table[""][place], true[name]) for table in tables]) for name, place in parts.items()},
        "margins_add_exactly": all(adds_up(traders, table) for table in tables),
    }


def _errors(run: Callable[[], Reals], true: Integers, repetitions: int) -> Mean:
    return _mean([rmse(run(), true) for _ in range(repetitions)])


def _mean(errors: list[float]) -> Mean:
    """RMSE: mean over runs and its standard error."""
    return {
        "rmse": round(float(np.mean(errors)), 3),
        "standard_error": round(float(np.std(errors, ddof=1)) / math.sqrt(len(errors)), 3),
    }


def _readings(cells: dict[int, Mean], alone: dict[int, Mean], ours: dict[str, Row]) -> Iterator[Row]:
    """Cells: ours by the baseline's, to be at most 0.75. Chapters: the same, to be at most 1.25."""
    best = min(cells, key=lambda clip: cells[clip]["rmse"]), min(alone, key=lambda clip: alone[clip]["rmse"])
    for name, row in ours.items():
        same = CELLS, CHAPTERS if "shares" in row else CELLS
        for reading, (of_cells, of_chapters) in (("same clip", same), ("each side its best clip", best)):
            ratios = _ratio(row["cells"], cells[of_cells]), _ratio(row["chapters"], alone[of_chapters])
            yield {
                "reading": reading,
                "strategy": name,
                "baseline_clips": [of_cells, of_chapters],
                "cells_ratio": ratios[0],
                "chapters_ratio": ratios[1],
                "met": ratios[0] <= 0.75 and ratios[1] <= 1.25,
            }


def _ratio(ours: Mean, baseline: Mean) -> float:
    return round(ours["rmse"] / baseline["rmse"], 3)


def _by_clip(rows: dict[int, Mean]) -> list[Row]:
    return [{"clip": clip, **mean} for clip, mean in rows.items()]
