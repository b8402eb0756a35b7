"""How often 95 % intervals hold, by level, for cells that are zero and cells that are not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from publisher.dp.gaussian import calibrate_squared
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from publisher.model.confidential import ClippedSums
from tests.bench.privacy_accuracy import CELLS, CHAPTERS, SHARE
from tests.bench.privacy_traders import ONCE, RHO, Reals, Traders, load, printer


def coverage(sample: Path, repetitions: int) -> dict[str, object]:
    """Against the clipped sums (their least-squares estimates, where several levels were clipped apart): the interval
    does not claim to hold clipping bias."""
    traders = load(sample)
    result: dict[str, object] = {"bench": "privacy coverage", "rho": str(RHO), "repetitions": repetitions}
    for name, clipped in (("finest", traders.clipped(3)), ("chapters", _planned(traders))):
        shape, one = traders.shape, clipped.scale
        levels, numbers = Levels(traders.table, clipped.weights), clipped.sums.column(ONCE.id).to_numpy()
        whole = with_margins(traders.table, numbers) if clipped.plan is None else levels.estimates(numbers)
        true = whole.reshape(shape) / one
        raw = 2 * 1.959964 * calibrate_squared(clipped.squared_sensitivity, RHO).sigma / one
        raw_widths = raw * np.sqrt(levels.variances()).reshape(shape)
        hits, widths = np.zeros(shape), np.zeros(shape)
        print_once = printer(traders, clipped)
        for _ in range(repetitions):
            got = print_once()
            hits += (got["_lower"] <= true) & (true <= got["_upper"])
            widths += got["_upper"] - got["_lower"]
        result[name] = list(_by_level(true, hits / repetitions, widths / repetitions, raw_widths))
    return result


def _planned(traders: Traders) -> ClippedSums:
    return traders.clipped(CELLS, traders.plan(CELLS, CHAPTERS, SHARE))


def _by_level(true: Reals, hits: Reals, widths: Reals, raw: Reals) -> Iterator[dict[str, object]]:
    levels = {"total": np.s_[:1, :1], "chapter": np.s_[1:, :1], "origin": np.s_[:1, 1:], "cell": np.s_[1:, 1:]}
    for level, place in levels.items():
        for kind, mask in (("zero", true[place] == 0), ("not zero", true[place] > 0)):
            if mask.any():
                yield {
                    "level": level,
                    "cells": kind,
                    "number": int(mask.sum()),
                    "coverage_percent": round(100 * float(hits[place][mask].mean()), 2),
                    "mean_width": round(float(widths[place][mask].mean()), 2),
                    "raw_width": round(float(raw[place][mask].mean()), 2),
                }
