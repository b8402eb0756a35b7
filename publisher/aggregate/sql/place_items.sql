-- Codes become nodes and traders contributors. A code without a place or a trader without a pseudonym becomes null,
-- for find_faults to see.
-- Columns: d0, d1, ... INTEGER, contributor INTEGER, declarations BIGINT, m0, ... BIGINT, flags UTINYINT where kept
CREATE OR REPLACE TEMP TABLE {table} AS
SELECT {nodes}, trader.{contributor} AS contributor, {added}
FROM {source} AS item
{places}
LEFT JOIN {traders} AS trader ON trader.trader = item.trader
GROUP BY ALL;
