"""Noisy counts measured: python -m tests.bench.privacy accuracy|coverage|speed|year. Last line: one JSON object.

accuracy  traders by chapter x origin on the Korean sample (importers' distinct cells), rho = 1/10: noise on
          independent cells clamped at 0, and chapters measured alone, against what this program prints; with
          --tumult-python and --opendp-python (a Python that has the library) the peers beside it
coverage  95 % intervals over repeated measurements, by level, for cells that are zero and cells that are not
speed     noisy cells a second, and least squares on a million-leaf tree
year      declarations of a year, from its months alone and with one more measurement of the year
"""

import argparse
import json
from pathlib import Path

from tests.bench.privacy_accuracy import accuracy
from tests.bench.privacy_coverage import coverage
from tests.bench.privacy_peers import Peers
from tests.bench.privacy_speed import speed
from tests.bench.privacy_traders import SAMPLE
from tests.bench.privacy_year import year


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["accuracy", "coverage", "speed", "year"])
    parser.add_argument("--sample", type=Path, default=SAMPLE, help="folder of the Korean sample's CSV files")
    parser.add_argument("--repetitions", type=int, default=None)
    parser.add_argument("--cells", type=int, default=1_000_000)
    parser.add_argument("--tumult-python", type=Path, default=None, help="has tmlt.analytics, with Java 11 or 17")
    parser.add_argument("--opendp-python", type=Path, default=None, help="has opendp[polars]")
    given = parser.parse_args()
    if given.what == "accuracy":
        result = accuracy(given.sample, given.repetitions or 20, Peers(given.tumult_python, given.opendp_python))
    elif given.what == "coverage":
        result = coverage(given.sample, given.repetitions or 500)
    elif given.what == "year":
        result = year(given.sample, given.repetitions or 20)
    else:
        result = speed(given.cells)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
