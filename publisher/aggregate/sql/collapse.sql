-- The declarations of a universe and period, added up by code and trader. The one pass over the declarations.
-- Bound: months, flow, the values of the universe
-- Columns: c0, c1, ... VARCHAR (a dimension each; pooled codes where they are joined), commodity VARCHAR
-- where asked for (as declared), trader VARCHAR, declarations BIGINT, m0, m1, ... BIGINT
CREATE OR REPLACE TEMP TABLE aggregate_item AS
SELECT {columns}, {trader} AS trader, count(*) AS declarations{sums}
FROM declaration{recoded}
WHERE reference_period IN ({months}) AND flow = ? AND {universe}
GROUP BY ALL;
