-- The contributors' norms, rounded up. Columns: norm BIGINT; one row a contributor, smallest first
SELECT CAST(ceil(sqrt(CAST(norm_squared AS DOUBLE))) AS BIGINT) AS norm FROM aggregate_norm ORDER BY norm;
