"""How often 95 % intervals hold, by level, for cells that are zero and cells that are not."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from publisher.dp.gaussian import calibrate
from publisher.dp.levels import Levels
from publisher.dp.margins import with_margins
from tests.bench.privacy_traders import RHO, SCALE, Reals, load, printed


def coverage(sample: Path, repetitions: int) -> dict[str, object]:
    """Against the clipped sums: the interval does not claim to hold clipping bias."""
    traders = load(sample)
    result: dict[str, object] = {"bench": "privacy coverage", "rho": str(RHO), "repetitions": repetitions}
    for name, clip, weights in (("finest", 3, ()), ("chapters", 5, ((0, 1), (1, 1)))):
        clipped = traders.clipped(clip, weights)
        shape = [len(d.hierarchy.codes) for d in traders.table.dimensions]
        finest = clipped.sums.column("declarations").to_numpy()
        true = with_margins(traders.table, finest).reshape(shape) / SCALE
        raw = 2 * 1.959964 * calibrate(clip * SCALE, RHO).sigma / SCALE
        raw_widths = raw * np.sqrt(Levels(traders.table, weights).variances()).reshape(shape)
        hits, widths = np.zeros(shape), np.zeros(shape)
        for _ in range(repetitions):
            got = printed(traders, clip, weights)
            hits += (got["_lower"] <= true) & (true <= got["_upper"])
            widths += got["_upper"] - got["_lower"]
        result[name] = list(_by_level(true, hits / repetitions, widths / repetitions, raw_widths))
    return result


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
