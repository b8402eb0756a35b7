-- Which traders are in which unit, in several snapshots. snapshots: one SELECT a snapshot, see contributors.py.
-- Columns: snapshot BIGINT, pseudonym BIGINT (of the unit), trader BIGINT (from 0 on, by name over all snapshots)
SELECT CAST(snapshot AS BIGINT) AS snapshot, CAST(pseudonym AS BIGINT) AS pseudonym, dense_rank() OVER (ORDER BY trader) - 1 AS trader
FROM ({snapshots}) AS linked;
