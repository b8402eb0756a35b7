"""What the table of a quarter or year tells its reader: as of the newest sealing among its measurements."""

import math
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np

from publisher.catalogue.query import Query
from publisher.dp.estimate import Estimate
from publisher.dp.interval import Draws
from publisher.dp.measured import privacy_rules
from publisher.dp.months import Sealed
from publisher.dp.parts import Parts
from publisher.dp.statement import statement
from publisher.model.privacy import NoiseStatement


def year_statement(query: Query, period: str, parts: Parts) -> NoiseStatement:
    """The losses of all measurements add up; sigma is that of the number which they give together."""
    newest = max(parts.all, key=lambda part: part.account.head.entries)
    rho = sum((part.account.charge.rho for part in parts.all), Fraction(0))
    charge = replace(newest.account.charge, period=period, rho=rho)
    month = max(parts.months, key=lambda part: part.account.head.entries).measurement
    together = replace(
        month,
        clip=max(part.measurement.clip for part in parts.months),
        sigma=math.sqrt(parts.estimate(_one_number(parts)).variances[0]) * month.scale,
    )
    said = statement(query, privacy_rules(query), together, replace(newest.account, charge=charge))
    told = (_months_note(parts.months), *_year_notes(query, parts), *said.notes)
    return replace(said, measurements=tuple(part.key for part in parts.all), notes=told)


def _one_number(parts: Parts) -> Mapping[str, Estimate]:
    """key -> the noise of one measured number, of weight 1."""
    sigmas = {part.key: (part.measurement.sigma, part.measurement.scale) for part in parts.all}
    return {
        key: Estimate(np.zeros(1), np.array([(sigma / scale) ** 2]), Draws(sigma, scale, 1, alike=True))
        for key, (sigma, scale) in sigmas.items()
    }


def _months_note(months: tuple[Sealed, ...]) -> str:
    named = ", ".join(f"{month.period} (snapshot {month.account.charge.snapshot})" for month in months)
    return (
        f"The numbers are sums of noisy monthly numbers: {named}. Each month was measured once; adding them up "
        "measured nothing and cost no privacy. They were added before rounding, which is more exact, so the months "
        "as printed add up to nearly but not exactly the same. A contributor's entries are bounded month by month."
    )


def _year_notes(query: Query, parts: Parts) -> tuple[str, ...]:
    """Of the year's own measurement, where there is one."""
    annual = privacy_rules(query).annual
    if parts.year is None or annual is None:
        return ()
    months, year = parts.both(_one_number(parts))
    share = months.variances[0] / (months.variances[0] + year.variances[0])
    rho = sum((part.account.charge.rho for part in (*parts.months, *parts.old)), Fraction(0))
    return (
        f"Besides the months (rho {rho} together), the whole year was measured once (rho {annual.rho}): the same "
        f"declarations, bounded month by month as before, a contributor's year counting as at most "
        f"{annual.clip_months} months that fill the clip. What it says and what the months say are averaged, each "
        f"by the inverse of its variance: the year counts for {100 * share:.0f} %. Where a contributor exceeds that "
        "bound, the year's part of the numbers is a little lower; the interval does not include this.",
        *(_again_note(month) for month in parts.old),
    )


def _again_note(old: Sealed) -> str:
    return (
        f"{old.period} was measured again after the year: the year stands for the other months only, less its first "
        f"measurement (snapshot {old.account.charge.snapshot}), whose noise and loss are in these numbers too."
    )
