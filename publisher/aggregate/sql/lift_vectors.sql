-- The vectors at a coarser combination of levels: one row a (cell, contributor).
-- Columns: as make_vectors.sql
CREATE OR REPLACE TEMP TABLE aggregate_level AS
SELECT {nodes}, unit, {values}
FROM aggregate_vector AS finest
{joins}
GROUP BY ALL;
