-- Codes and the leaves they are counted in. Bound: codes (VARCHAR[]), nodes (INTEGER[]), in step.
-- Columns: code VARCHAR, node INTEGER
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT unnest(CAST(? AS VARCHAR[])) AS code, unnest(CAST(? AS INTEGER[])) AS node;
