"""The SDMX codes a published cell carries (CL_OBS_STATUS, CL_CONF_STATUS), and their plain words.

A hidden cell is always Q with C: a code that named the reason would tell an attacker which rule fired, and
whether the cell is primary or secondary.
"""

from enum import StrEnum


class ObsStatus(StrEnum):
    NORMAL = "A"
    SUPPRESSED = "Q"
    LOW_RELIABILITY = "U"
    PROVISIONAL = "P"
    ESTIMATED = "E"


class ConfStatus(StrEnum):
    FREE = "F"
    CONFIDENTIAL = "C"


PLAIN_WORDS: dict[ObsStatus, str] = {
    ObsStatus.NORMAL: "shown as measured",
    ObsStatus.SUPPRESSED: "not shown, to protect the trade of individual companies",
    ObsStatus.LOW_RELIABILITY: "not shown, because the noise that protects companies would drown it",
    ObsStatus.PROVISIONAL: "provisional, may be revised",
    ObsStatus.ESTIMATED: "shown with noise added to protect companies",
}
