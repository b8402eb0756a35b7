-- The vectors clipped and rounded down. Bound: sensitivity * 2^60, a little less (DOUBLE).
-- shrink / 2^60 is at most sensitivity / norm, whatever the last bits of the division and the root: see README.md.
-- Columns: d0, d1, ... INTEGER, unit INTEGER, v0, v1, ... HUGEINT
CREATE OR REPLACE TEMP TABLE aggregate_clipped AS
SELECT vector.* REPLACE ({columns})
FROM {source} AS vector
JOIN (
    SELECT
        unit,
        norm_squared,
        CAST(floor(CAST(? AS DOUBLE) / sqrt(CAST(greatest(norm_squared, 1) AS DOUBLE))) AS HUGEINT) AS shrink
    FROM aggregate_norm
) AS clipping USING (unit);
