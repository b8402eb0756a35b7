-- Units of a snapshot and what they belong to over a year. Bound: three lists INTEGER[], in step.
-- Columns: snapshot INTEGER, pseudonym INTEGER, unit INTEGER
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT
    unnest(CAST(? AS INTEGER[])) AS snapshot,
    unnest(CAST(? AS INTEGER[])) AS pseudonym,
    unnest(CAST(? AS INTEGER[])) AS unit;
