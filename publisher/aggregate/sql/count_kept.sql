-- The kept rows of each contributor in every cell, by candidate.
-- Columns: d0, d1, ... INTEGER (all levels), unit INTEGER, bin INTEGER, items BIGINT
CREATE OR REPLACE TEMP TABLE aggregate_counted AS
SELECT {cells}, unit, bin, count(*) AS items
FROM aggregate_row AS item SEMI JOIN aggregate_kept USING (place) {lifts}
GROUP BY ALL;
