"""Errors on the Korean sample: noise on independent cells clamped at 0 against what this program prints."""

from pathlib import Path

import numpy as np

from publisher.dp.gaussian import calibrate, draw
from tests.bench.privacy_traders import RHO, SCALE, Reals, Traders, Weights, load, printed, rmse


def independent(traders: Traders, clip: int) -> Reals:
    """Noise on every cell by itself, clamped at 0."""
    clipped = traders.clipped(clip, ()).sums.column("declarations").to_numpy()
    noisy = draw(clipped, calibrate(clip * SCALE, RHO)).reshape(traders.shape) / SCALE
    return np.maximum(noisy, 0)


def chapters_alone(traders: Traders, clip: int) -> Reals:
    """The whole budget on chapters, each importer's vector over chapters clipped."""
    squares = traders.squares((traders.chapter,))
    factor = np.floor(SCALE * np.minimum(1, clip / np.sqrt(np.maximum(squares, 1))) * (1 - 1e-12))
    sums = traders.counts(factor).sum(axis=1).astype(np.int64)
    return np.maximum(draw(sums, calibrate(clip * SCALE, RHO)) / SCALE, 0)


def accuracy(sample: Path, repetitions: int) -> dict[str, object]:
    traders = load(sample)
    true = traders.counts()
    strategies: dict[str, Weights] = {"finest": (), "chapters": ((0, 1), (1, 1)), "both": ((1, 1), (1, 1))}
    strategies["chapters_light"] = ((0, 2), (1, 2))
    found = []
    for clip in (3, 4, 5, 6, 8):
        runs = {"independent": [independent(traders, clip) for _ in range(repetitions)]}
        row: dict[str, object] = {
            "clip": clip,
            "independent_rmse": np.mean([rmse(run, true) for run in runs["independent"]]),
            "chapters_alone_rmse": np.mean(
                [rmse(chapters_alone(traders, clip), true.sum(axis=1)) for _ in range(repetitions)]
            ),
        }
        for name, weights in strategies.items():
            tables = [printed(traders, clip, weights)[""] for _ in range(repetitions)]
            row[f"{name}_rmse"] = np.mean([rmse(t[1:, 1:], true) for t in tables])
            row[f"{name}_chapter_rmse"] = np.mean([rmse(t[1:, 0], true.sum(axis=1)) for t in tables])
            row[f"{name}_origin_rmse"] = np.mean([rmse(t[0, 1:], true.sum(axis=0)) for t in tables])
        found.append({key: round(float(value), 2) for key, value in row.items()})  # type: ignore[arg-type]
        print(found[-1])
    same_clip = found[0]
    return {
        "bench": "privacy accuracy",
        "rho": str(RHO),
        "cells": true.size,
        "importers": int(traders.importer.max()) + 1,
        "gain_percent_at_clip_3": round(100 * (1 - same_clip["finest_rmse"] / same_clip["independent_rmse"]), 1),
        "by_clip": found,
    }
