-- One row a line that the CSV parser could not split, in file order:
-- row_number (without the header), problem (DuckDB's name of it), line (its text, bytes that are no UTF-8 replaced).
SELECT
    line - 1 AS row_number,
    first(error_type::VARCHAR ORDER BY byte_position, column_idx) AS problem,
    first(csv_line ORDER BY byte_position, column_idx) AS line
FROM reject_errors
GROUP BY ALL
ORDER BY row_number
