-- Each contributor's vector of the year: the sum of its months'. One row a (cell, contributor).
-- Columns: d0, d1, ... INTEGER, unit INTEGER, v0, v1, ... HUGEINT
CREATE OR REPLACE TEMP TABLE aggregate_year AS
SELECT {nodes}, unit, {values} FROM {table} GROUP BY ALL;
