-- SHA-256 of each (codes, contributor) of a period that a query reads, as 32 bytes, in ascending order.
SELECT unhex(sha256(to_json({{{fields}}})::VARCHAR)) AS digest
FROM (
    SELECT {columns}, count(*) AS items{sums}
    FROM ({current})
    WHERE reference_period BETWEEN ? AND ? || '-99' AND ({universe}) -- a month, or all months of a year
    GROUP BY {columns}
)
ORDER BY digest
