-- The rows that each contributor keeps: the longest run from its first on that is within the clip. As the j-th row of
-- a contributor in a cell, a row makes the squared norm larger by j^2 - (j - 1)^2 = 2 j - 1.
-- Bound: the largest squared norm (HUGEINT)
-- Columns: place BIGINT
CREATE OR REPLACE TEMP TABLE aggregate_kept AS
WITH spread AS (
    SELECT {cells}, unit, place FROM aggregate_row AS item {lifts}
), grown AS (
    SELECT unit, place, 2 * row_number() OVER (PARTITION BY unit, {nodes} ORDER BY place) - 1 AS growth FROM spread
), added AS (
    SELECT unit, place, sum(growth) AS growth FROM grown GROUP BY unit, place
), run AS (
    SELECT place, sum(growth) OVER (PARTITION BY unit ORDER BY place ROWS UNBOUNDED PRECEDING) AS norm_squared FROM added
)
SELECT place FROM run WHERE norm_squared <= CAST(? AS HUGEINT);
