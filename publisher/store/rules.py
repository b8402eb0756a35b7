"""What a row must fulfil: every rule with its remedy. Rows that break one go to quarantine."""

from collections.abc import Mapping
from types import MappingProxyType

LARGEST_WHOLE = 10**15  # one item of more than 10**15 won or grams is a typing error; sums of 9,000 such fit int64
LONGEST_TEXT = 100
EARLIEST_DATE = "1988-01-01"  # the Harmonized System came into force

RULES: Mapping[str, str] = MappingProxyType(
    {
        "missing": "Fill in the field; where the source has another word for 'none', give it under `missing`.",
        "unknown_code": "Use a code of the codelist, or translate it in the profile under `codes` or `exceptions`.",
        "letters": "A commodity code has digits only; check that the columns are not shifted.",
        "digits": "A commodity code has six digits, leading zero included; spreadsheets drop it.",
        "not_a_number": "Write a plain decimal number with a point and without thousands separators.",
        "fraction": "Give a whole number of the column's unit, or a `factor` and `rounding` in the profile.",
        "not_a_date": "Write an existing date in the profile's `format` (default YYYY-MM-DD).",
        "negative": "Values, masses and rates are not below zero; send a correction as a higher version.",
        "too_large": f"More than {LARGEST_WHOLE} units: check the unit and the decimal point.",
        "not_positive": "Item numbers and versions start at 1.",
        "future_date": "Accepted after today: check day and month, or wait.",
        "ancient_date": f"Accepted before {EARLIEST_DATE}: check the year.",
        "too_long": f"A text of more than {LONGEST_TEXT} characters: check that the columns are not shifted.",
        "missing_trader": "Imports need an importer, exports an exporter: protection counts them.",
        "missing_partner": "Imports need an origin, exports a destination; use ZZ where it is unknown.",
        "national_mismatch": "The national tariff line must be 6 to 10 digits and begin with the commodity code.",
        "duplicate": "Several rows have this declaration, item and version: keep one, or raise the version.",
        "version_held": "The store holds this version with other content: send the change as a higher version.",
        "unreadable_text": "The line holds bytes that are not UTF-8: save the file as UTF-8.",
        "wrong_fields": "The line has more or fewer fields than the header: quote texts that hold the delimiter.",
        "stray_quote": "A quote inside an unquoted or quoted text: double it.",
        "unparsable": "The line cannot be split into fields: check its quotes and delimiters.",
    }
)

# DuckDB's names of what it could not parse -> our rule
REJECTED: Mapping[str, str] = MappingProxyType(
    {
        "INVALID ENCODING": "unreadable_text",
        "MISSING COLUMNS": "wrong_fields",
        "TOO MANY COLUMNS": "wrong_fields",
        "UNQUOTED VALUE": "stray_quote",
    }
)
