-- The clipped vectors of a month, under the units of the year. Bound: number of the snapshot.
-- Columns: as make_year.sql
INSERT INTO {table}
SELECT {nodes}, year.unit, {values}
FROM aggregate_clipped AS vector
JOIN aggregate_year_unit AS year ON year.pseudonym = vector.unit AND year.snapshot = ?;
