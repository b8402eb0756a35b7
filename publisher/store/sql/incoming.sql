-- Rows of the source as declarations, in file order: rowid is the place among the rows that could be parsed.
-- Output: the columns of a declaration (codes as enums); faults, a list of 'column:rule', and raw, the source row
-- as JSON, both null for a good row. Written by translate.py: no value of the file is part of this text.
CREATE OR REPLACE TEMP TABLE incoming AS
WITH text_rows AS (
    SELECT
        {{{raw}}} AS source_row,
        {texts}
    FROM source_rows
),
typed_rows AS (
    SELECT
        *,
        {typed}
    FROM text_rows
),
whole_rows AS (
    SELECT
        *,
        {shares}
        strftime(acceptance_date, '%Y-%m') AS reference_period,
        CASE flow WHEN 'M' THEN origin WHEN 'X' THEN consignment END AS partner
    FROM typed_rows
),
judged_rows AS (SELECT *, {broken} AS broken FROM whole_rows)
SELECT
    {columns},
    CASE WHEN broken THEN list_filter([
        {faults}
    ], lambda fault: fault IS NOT NULL) END AS faults,
    CASE WHEN broken THEN to_json(source_row)::VARCHAR END AS raw
FROM judged_rows
