-- One row a broken rule: column_name, rule, row_count, first_row (the smallest row number in any batch).
SELECT column_name, rule, count(*) AS row_count, min(row_number) AS first_row
FROM quarantine GROUP BY column_name, rule ORDER BY row_count DESC, column_name, rule
