-- The squared L2 norm of each contributor's vector, exact in 128 bits.
-- Columns: unit INTEGER, norm_squared HUGEINT
CREATE OR REPLACE TEMP TABLE aggregate_norm AS
SELECT unit, sum({squares}) AS norm_squared FROM {source} GROUP BY unit;
