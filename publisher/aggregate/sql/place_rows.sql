-- The goods items behind a quantile, one row each. `place` puts each contributor's items in an order that depends on
-- nothing but its own declarations. A code without a place or a trader without a pseudonym becomes null.
-- Bound: months, flow, the values of the universe
-- Columns: d0, d1, ... INTEGER (leaves), unit INTEGER (contributor), bin INTEGER (candidate), place BIGINT
CREATE OR REPLACE TEMP TABLE aggregate_row AS
SELECT *, row_number() OVER (ORDER BY turn, {nodes}, bin) AS place
FROM (
    SELECT {placed}, trader.{contributor} AS unit, {bin} AS bin, sha256(declaration_id || '/' || item_number) AS turn
    FROM declaration AS item
    {places}
    LEFT JOIN {traders} AS trader ON trader.trader = item.{trader}
    WHERE reference_period IN ({months}) AND flow = ? AND {universe} AND {column} IS NOT NULL
);
