-- Whether any clipped vector is longer than it may be. Bound: the largest squared norm (HUGEINT).
-- Columns: long BOOLEAN; one row
SELECT coalesce(max(norm_squared) > CAST(? AS HUGEINT), false) AS long
FROM (SELECT sum({squares}) AS norm_squared FROM aggregate_clipped GROUP BY unit);
