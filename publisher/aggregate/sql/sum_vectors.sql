-- The sums over contributors. Columns: d0, d1, ... INTEGER, v0, v1, ... BIGINT; one row a cell with a contributor
SELECT {nodes}, {sums} FROM aggregate_clipped GROUP BY {nodes};
