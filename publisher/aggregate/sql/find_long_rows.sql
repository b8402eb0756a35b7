-- Whether any contributor keeps more rows than the clip allows. Bound: the largest squared norm (HUGEINT).
-- Columns: long BOOLEAN; one row
SELECT coalesce(max(norm_squared) > CAST(? AS HUGEINT), false) AS long
FROM (
    SELECT unit, sum(CAST(items AS HUGEINT) * items) AS norm_squared
    FROM (SELECT {nodes}, unit, sum(items) AS items FROM aggregate_counted GROUP BY {nodes}, unit)
    GROUP BY unit
);
