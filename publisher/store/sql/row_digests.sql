-- SHA-256 of each current row of a period, as 32 bytes, in ascending order. JSON keeps the fields apart; the columns
-- that came later count only in a row that has one of them.
SELECT unhex(sha256(
    CASE WHEN coalesce({later}) IS NULL THEN to_json({{{fields}}})::VARCHAR ELSE to_json({{{all_fields}}})::VARCHAR END
)) AS digest
FROM ({current})
WHERE reference_period BETWEEN ? AND ? || '-99' -- a month, or all months of a year
ORDER BY digest
