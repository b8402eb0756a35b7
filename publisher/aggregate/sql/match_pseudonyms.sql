-- Pseudonyms of one snapshot and those of another for the same contributors. Where traders of one holding have come
-- under several, the first of these stands for all.
-- Columns: was BIGINT, now BIGINT, one row a pseudonym of the first snapshot that the second has too
SELECT CAST(was.{column} AS BIGINT) AS was, CAST(min(now.{column}) AS BIGINT) AS now
FROM {was} AS was
JOIN {now} AS now ON now.trader = was.trader
GROUP BY was.{column}
ORDER BY was;
