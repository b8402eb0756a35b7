-- Nodes and the nodes they are counted in one level up. Bound: both (INTEGER[]), in step.
-- Columns: node INTEGER, above INTEGER
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT unnest(CAST(? AS INTEGER[])) AS node, unnest(CAST(? AS INTEGER[])) AS above;
