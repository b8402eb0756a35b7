-- Contributions one level up in one dimension.
-- Columns: those of {source}
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT {nodes}, contributor, {added}
FROM {source} AS finer
JOIN {lift} AS lift ON lift.node = finer.{node}
GROUP BY ALL;
