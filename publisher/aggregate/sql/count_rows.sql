-- How many rows a table has. Columns: rows BIGINT; one row
SELECT count(*) AS rows FROM {table};
