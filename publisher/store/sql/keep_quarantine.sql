-- Takes the bad rows into quarantine. $batch: number of the batch.
INSERT INTO quarantine
SELECT $batch, row_number, column_name, rule,
    coalesce(raw, to_json({{{values}}})::VARCHAR) AS raw
FROM fault JOIN numbered USING (row_id)
UNION ALL
SELECT $batch, row_number, 'line', rule, line FROM rejected
ORDER BY row_number
