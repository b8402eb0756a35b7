-- A wheel of fortune: {size} numbered places, shared out over the rows of {source} by their weight, in the order of
-- their number. A lookup by place then draws a row with a chance in proportion to its weight.
-- {source} has the columns number BIGINT, weight BIGINT (whole, so that the sums do not depend on threads).
-- Columns: place BIGINT 0 .. {size} - 1, number BIGINT
CREATE TABLE {wheel} AS
WITH running AS (
    SELECT number, weight, sum(weight) OVER (ORDER BY number) AS upto, sum(weight) OVER () AS whole FROM {source}
)
SELECT
    unnest(range(
        CAST((upto - weight) * {size} // whole AS BIGINT),
        CAST(upto * {size} // whole AS BIGINT)
    )) AS place,
    number
FROM running;
