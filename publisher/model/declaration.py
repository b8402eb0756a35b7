"""The columns of a declaration (one goods item), each with its classification.

The register lies in the model because three rooms need it: the store makes its table from it, the catalogue
refuses queries by it, and the audit knows from it what must never be seen.
"""

from dataclasses import dataclass
from typing import Literal

Classification = Literal["identifier", "confidential", "dimension", "measure"]


@dataclass(frozen=True, slots=True)
class Column:
    """`sql_type` is DuckDB's. `unit` is what one whole number stands for. `required`: null is refused at ingest.
    `later`: joined the register when stores and digests of declarations existed; a null counts as absent in them.

    identifier:   names a person, company or document; never output, never filtered on
    confidential: may be used inside the store (dates, rates, versions), never in a query
    dimension:    a query may group by it or name it in its universe
    measure:      a query may sum it
    """

    name: str
    sql_type: str
    classification: Classification
    title: str
    codelist: str | None = None
    unit: str = ""
    decimals: int = 0
    required: bool = False
    later: bool = False


DECLARATION: tuple[Column, ...] = (
    Column("declaration_id", "VARCHAR", "identifier", "Declaration number", required=True),
    Column("item_number", "INTEGER", "confidential", "Goods item within the declaration", required=True),
    Column("version", "INTEGER", "confidential", "Version of the declaration; the highest counts", required=True),
    Column("flow", "VARCHAR", "dimension", "Import or export", codelist="FLOW", required=True),
    Column("acceptance_date", "DATE", "confidential", "Day on which customs accepted it", required=True),
    Column("reference_period", "VARCHAR", "dimension", "Month of acceptance, YYYY-MM (derived)", required=True),
    Column("importer", "VARCHAR", "identifier", "Importing trader (null for exports)"),
    Column("exporter", "VARCHAR", "identifier", "Exporting trader (null for imports)"),
    Column("enterprise_group", "VARCHAR", "identifier", "Holding that owns the trader, where known"),
    Column("counterparty", "VARCHAR", "identifier", "Foreign seller or buyer"),
    Column("declarant", "VARCHAR", "identifier", "Customs agent"),
    Column("carrier", "VARCHAR", "identifier", "Carrier or courier"),
    Column("office", "VARCHAR", "dimension", "Customs office", codelist="OFFICE", required=True),
    Column("procedure", "VARCHAR", "dimension", "Customs procedure", codelist="PROCEDURE", required=True),
    Column("transport_mode", "VARCHAR", "dimension", "Mode of transport", codelist="TRANSPORT_MODE", required=True),
    Column("commodity", "VARCHAR", "dimension", "HS subheading (six digits)", codelist="HS", required=True),
    Column("commodity_national", "VARCHAR", "confidential", "National tariff line, up to ten digits"),
    Column("origin", "VARCHAR", "dimension", "Country of origin", codelist="COUNTRY"),
    Column("consignment", "VARCHAR", "dimension", "Country of consignment or destination", codelist="COUNTRY"),
    Column(
        "partner",
        "VARCHAR",
        "dimension",
        "Partner country: origin of imports, destination of exports (derived)",
        codelist="COUNTRY",
        required=True,
    ),
    Column("statistical_value", "BIGINT", "measure", "Statistical value", unit="KRW", required=True),
    Column("net_mass", "BIGINT", "measure", "Net mass", unit="kg", decimals=3, required=True),
    Column("supplementary_quantity", "BIGINT", "measure", "Supplementary quantity", unit="units", decimals=3),
    Column("supplementary_unit", "VARCHAR", "dimension", "Supplementary unit", codelist="UNIT"),
    Column("duty_rate", "DECIMAL(9,4)", "confidential", "Duty rate", unit="percent"),
    Column("duty_amount", "BIGINT", "measure", "Customs duty", unit="KRW"),
    Column("preference", "VARCHAR", "dimension", "Preference or tax type", codelist="PREFERENCE", required=True),
    Column("licence_number", "VARCHAR", "identifier", "Licence document"),
    Column("control_category", "VARCHAR", "dimension", "Export control category", codelist="CONTROL", required=True),
    Column("outcome", "VARCHAR", "dimension", "Inspection and its outcome", codelist="OUTCOME", required=True),
    Column("clearance_hours", "BIGINT", "measure", "Hours from acceptance to release", unit="hours", later=True),
)

BY_NAME: dict[str, Column] = {column.name: column for column in DECLARATION}
