-- The shape of rejects.sql without a row: a Parquet file is read whole or not at all.
SELECT 0::BIGINT AS row_number, '' AS problem, '' AS line LIMIT 0
