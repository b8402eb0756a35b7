-- One row a broken rule of a quarantined row: batch_id, file_name, row_number, column_name, rule, raw.
SELECT batch_id, file_name, row_number, column_name, rule, raw
FROM quarantine JOIN batch USING (batch_id)
ORDER BY batch_id DESC, row_number, column_name LIMIT $limit
