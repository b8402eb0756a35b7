-- SHA-256 of each current row of a period, as 32 bytes, in ascending order. JSON keeps the fields apart.
SELECT unhex(sha256(to_json({{{fields}}})::VARCHAR)) AS digest
FROM ({current})
WHERE reference_period BETWEEN ? AND ? || '-99' -- a month, or all months of a year
ORDER BY digest
