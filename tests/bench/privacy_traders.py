"""Traders by chapter x origin on the Korean sample, from its declarations: clipped in DuckDB, measured and printed by
the program itself."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from publisher.aggregate.clipped import clipped_sums
from publisher.dp.gaussian import calibrate_squared
from publisher.dp.margins import with_margins
from publisher.dp.noisy import measurable, measure_noisily
from publisher.dp.publishable import publishable_cells
from publisher.dp.strategy import choose
from publisher.model.codelist import TOTAL, Codelist
from publisher.model.confidential import ClippedSums
from publisher.model.declaration import DECLARATION
from publisher.model.level_plan import LevelPlan, plan_of_shares
from publisher.model.privacy import Clip, PrivacyRules
from publisher.model.progress import NO_PROGRESS
from publisher.model.structure import TableStructure
from tests.lib.tables import PERIOD, TRADERS, codelist, dimension, query, structure

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "kcs"
RHO = Fraction(1, 10)
SCALE = 1000
ONCE = replace(TRADERS, margins="sum")

Reals = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Table = dict[str, Integers]  # "", "_lower", "_upper" -> (total and chapters, total and origins)


@dataclass(frozen=True)
class Traders:
    """An in-memory database with the sample's declarations, all in one period, and the table of them.

    `true` is (chapters, origins): distinct importers.
    """

    connection: duckdb.DuckDBPyConnection
    codelists: dict[str, Codelist]
    table: TableStructure
    true: Integers

    def clipped(self, clip: int, plan: LevelPlan | None = None) -> ClippedSums:
        asked = query(self.table, PrivacyRules("importer per calendar year", RHO, Clip(clip)))
        codelists = self.codelists.__getitem__
        return clipped_sums(self.connection, asked, PERIOD, "bench", clip, plan, codelists=codelists)

    def plan(self, clip: int, chapters: int, share: Fraction | None) -> LevelPlan:
        """Cells with one clip and chapters with another, and the chapters' share of rho (None: chosen)."""
        clips = {(1, 1): clip, (1, 0): chapters}
        if share is None:
            return choose(self.table, clips)
        return plan_of_shares([2, 2], clips, {(1, 1): 1 - share, (1, 0): share})

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(len(dimension.hierarchy.codes) for dimension in self.table.dimensions)


def load(sample: Path) -> Traders:
    connection = duckdb.connect(config={"threads": 1})
    columns = dict.fromkeys((column.name for column in DECLARATION), "NULL") | {
        "declaration_id": '"Declaration ID"',
        "flow": "'M'",
        "reference_period": f"'{PERIOD}'",
        "importer": '"Importer ID"',
        "commodity": "lpad(\"HS6 Code\", 6, '0')[:2]",
        "partner": '"Country of Origin"',
    }
    chosen = ", ".join(f"CAST({columns[c.name]} AS {c.sql_type}) AS {c.name}" for c in DECLARATION)
    connection.execute(
        f"CREATE TABLE item AS SELECT {chosen} FROM read_csv('{sample}/*.csv', all_varchar = true);"
        "CREATE TEMP VIEW declaration AS SELECT * FROM item"
    )
    goods, lands = (_codes(connection, *names) for names in (("HS", "chapter"), ("COUNTRY", "country")))
    table = structure(dimension("commodity", goods), dimension("partner", lands), measures=(ONCE,))
    return Traders(connection, {"HS": goods, "COUNTRY": lands}, table, _true(connection, table))


def _codes(connection: duckdb.DuckDBPyConnection, name: str, level: str) -> Codelist:
    """The codes of the sample under one total: the bench's public key set."""
    column = {"HS": "commodity", "COUNTRY": "partner"}[name]
    found = connection.execute(f"SELECT DISTINCT {column} FROM declaration ORDER BY ALL").fetchall()
    return codelist(name, {level: dict.fromkeys((code for (code,) in found), TOTAL)})


def _true(connection: duckdb.DuckDBPyConnection, table: TableStructure) -> Integers:
    goods, lands = (dimension.hierarchy.node for dimension in table.dimensions)
    true = np.zeros((len(goods) - 1, len(lands) - 1), dtype=np.int64)
    counted = "SELECT commodity, partner, count(DISTINCT importer) FROM declaration GROUP BY ALL"
    for chapter, origin, traders in connection.execute(counted).fetchall():
        true[goods[chapter] - 1, lands[origin] - 1] = traders
    return true


def printer(traders: Traders, clipped: ClippedSums) -> Callable[[], Table]:
    """A function that draws and prints what a reader gets."""
    what, noise = measurable(clipped), calibrate_squared(clipped.squared_sensitivity, RHO)

    def printed() -> Table:
        cells = publishable_cells(traders.table, measure_noisily(what, noise, NO_PROGRESS))
        return {
            end: cells.column(f"{ONCE.id}{end}").to_numpy().reshape(traders.shape) for end in ("", "_lower", "_upper")
        }

    return printed


def adds_up(traders: Traders, printed: Table) -> bool:
    """Whether every margin is exactly the sum of its cells."""
    whole = with_margins(traders.table, printed[""][1:, 1:].ravel())
    return bool(np.array_equal(whole, printed[""].ravel()))


def rmse(found: npt.NDArray[np.generic], true: npt.NDArray[np.generic]) -> float:
    return math.sqrt(float(np.mean((found.astype(float) - true.astype(float)) ** 2)))
