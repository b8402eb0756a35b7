-- All traders of the snapshot with their pseudonym and their holding's. Bound: the snapshot's id, as salt.
-- Columns: trader VARCHAR, own INTEGER, holding INTEGER, both from 1 on
CREATE TEMP TABLE IF NOT EXISTS {table} AS
WITH named AS (
    SELECT importer, exporter, min(enterprise_group) AS enterprise_group FROM declaration GROUP BY importer, exporter
), trader AS (
    SELECT trader, min(enterprise_group) AS enterprise_group
    FROM (
        SELECT importer AS trader, enterprise_group FROM named
        UNION ALL
        SELECT exporter AS trader, enterprise_group FROM named
    )
    WHERE trader IS NOT NULL
    GROUP BY trader
), entity AS (
    SELECT 'trader' AS kind, trader AS name FROM trader
    UNION
    SELECT 'holding' AS kind, enterprise_group AS name FROM trader WHERE enterprise_group IS NOT NULL
), numbered AS (
    SELECT kind, name, CAST(row_number() OVER (ORDER BY sha256(? || kind || ':' || name), kind, name) AS INTEGER) AS pseudonym
    FROM entity
)
SELECT trader.trader, own.pseudonym AS own, coalesce(holding.pseudonym, own.pseudonym) AS holding
FROM trader
JOIN numbered AS own ON own.kind = 'trader' AND own.name = trader.trader
LEFT JOIN numbered AS holding ON holding.kind = 'holding' AND holding.name = trader.enterprise_group;
