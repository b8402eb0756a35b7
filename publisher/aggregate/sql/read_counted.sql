-- The kept rows of every cell, by candidate. Columns: d0, d1, ... INTEGER, bin INTEGER, items BIGINT
SELECT {nodes}, bin, CAST(sum(items) AS BIGINT) AS items FROM aggregate_counted GROUP BY {nodes}, bin;
