"""How an edition and a period are named on the command line."""

from typing import Annotated

import typer

from publisher.aggregate.months import months_of
from publisher.errors import UsageError
from publisher.release.edition.edition import Edition, find_edition
from publisher.settings import Workspace

EditionArgument = Annotated[
    str, typer.Argument(metavar="EDITION", help="SERIES/PERIOD, or SERIES/PERIOD/vN for one version.")
]


def edition_named(workspace: Workspace, name: str) -> Edition:
    """SERIES/PERIOD or SERIES/PERIOD/vN. Raises UsageError for other words, ReleaseError where there is none."""
    parts = name.strip("/").split("/")
    version = parts[2][1:] if len(parts) == 3 else "1"
    if len(parts) not in (2, 3) or not version.isdigit():
        raise UsageError(
            "an edition is SERIES/PERIOD or SERIES/PERIOD/vN.", place=name, remedy="See 'publisher status'."
        )
    check_period(parts[1])
    return find_edition(workspace, parts[0], parts[1], int(version) if len(parts) == 3 else None)


def check_period(period: str) -> None:
    """Raises UsageError unless this is a month, a quarter or a year."""
    try:
        months_of(period)
    except ValueError:
        raise UsageError(
            "a period is a month, YYYY-MM, a quarter or a year.",
            place=period,
            remedy="Write 2021-03, 2021-Q1 or 2021.",
        ) from None
