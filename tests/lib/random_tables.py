"""Random hierarchical tables for hypothesis, small enough for the brute-force attacker."""

from collections.abc import Sequence

import pandas as pd
from hypothesis import strategies as st

from publisher.model.codelist import TOTAL
from publisher.model.confidential import ConfidentialTable
from publisher.model.structure import TableStructure
from tests.lib.cells import confidential_table
from tests.lib.tables import MASS, VALUE, codelist, dimension, structure

GOODS = codelist(
    "GOODS",
    {
        "chapter": {"01": TOTAL, "02": TOTAL, "03": TOTAL},
        "heading": {"0101": "01", "0102": "01", "0201": "02", "0202": "02", "0203": "02", "0301": "03"},
    },
)
PARTNERS = codelist(
    "PARTNERS",
    {"region": {"EU": TOTAL, "AS": TOTAL}, "country": {"DE": "EU", "FR": "EU", "CN": "AS", "JP": "AS", "KR": "AS"}},
)
OFFICES = codelist("OFFICES", {"office": {"o1": TOTAL, "o2": TOTAL, "o3": TOTAL}})

MEASURES = (VALUE, MASS)
FLAT = structure(
    dimension("commodity", GOODS),
    dimension("partner", PARTNERS, ["total", "country"]),
    measures=MEASURES,
    name="flat",
)
TREES = structure(dimension("commodity", GOODS), dimension("partner", PARTNERS), measures=MEASURES, name="trees")
BY_OFFICE = structure(
    dimension("commodity", GOODS, ["total", "chapter"]),
    dimension("office", OFFICES),
    measures=MEASURES,
    name="by_office",
)
CUBE = structure(
    dimension("commodity", GOODS, ["total", "chapter"]),
    dimension("partner", PARTNERS, ["total", "region"]),
    dimension("office", OFFICES),
    measures=MEASURES,
    name="cube",
)


@st.composite
def records(draw: st.DrawFn, largest: int = 40) -> pd.DataFrame:
    """Declarations: leaf codes, a trader, value and mass (value may be 0 with mass and the other way round)."""
    traders = draw(st.integers(1, 12))
    row = st.tuples(
        st.sampled_from([code.code for code in GOODS.at("heading")]),
        st.sampled_from([code.code for code in PARTNERS.at("country")]),
        st.sampled_from([code.code for code in OFFICES.at("office")]),
        st.integers(1, traders),
        st.sampled_from([0, 1, 2, 5, 10, 30, 100, 1000, 123456]),
        st.sampled_from([0, 1, 3, 50, 2000]),
    )
    names = ["commodity", "partner", "office", "trader", "statistical_value", "net_mass"]
    return pd.DataFrame(draw(st.lists(row, min_size=1, max_size=largest)), columns=names)


def tables(structures: Sequence[TableStructure], frame: pd.DataFrame) -> list[ConfidentialTable]:
    """The tables of one edition, all from the same records."""
    return [confidential_table(each, cut(each, frame)) for each in structures]


def cut(table: TableStructure, frame: pd.DataFrame) -> pd.DataFrame:
    """Leaf codes cut to the finest level the table keeps."""
    frame = frame.copy()
    for kept in table.dimensions:
        codes = {"commodity": GOODS, "partner": PARTNERS, "office": OFFICES}[kept.column]
        finest = kept.hierarchy.levels[-1]
        frame[kept.column] = [codes.ancestor(code, finest) for code in frame[kept.column]]
    return frame
