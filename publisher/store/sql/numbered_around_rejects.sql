-- Temporary view `numbered` where some lines were rejected: the n-th rejected line l stands before all parsed rows
-- from place l - n on, so a parsed row's number is its place, plus one, plus the rejected lines before it.
CREATE OR REPLACE TEMP VIEW numbered AS
-- Rejected lines that follow each other share their place; the last one counts.
WITH gap AS (
    SELECT row_number - nth AS place, max(nth) AS n
    FROM (SELECT row_number, row_number() OVER (ORDER BY row_number) AS nth FROM rejected)
    GROUP BY place
)
SELECT incoming.*, incoming.rowid AS row_id, incoming.rowid + 1 + coalesce(gap.n, 0) AS row_number
FROM incoming ASOF LEFT JOIN gap ON incoming.rowid >= gap.place
