-- True sums over contributors in the finest cells. Columns: d0, d1, ... INTEGER, total BIGINT; one row a cell with a
-- contributor
SELECT {nodes}, CAST(least(sum({summed}), {largest}) AS BIGINT) AS total FROM {table} GROUP BY {nodes};
