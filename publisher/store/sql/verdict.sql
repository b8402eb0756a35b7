-- One row a broken rule: column_name, rule, row_count, first_row (its first row number).
SELECT column_name, rule, count(*) AS row_count, min(row_number) AS first_row
FROM (
    SELECT column_name, rule, row_number FROM fault JOIN numbered USING (row_id)
    UNION ALL
    SELECT 'line', rule, row_number FROM rejected
)
GROUP BY column_name, rule ORDER BY row_count DESC, column_name, rule
