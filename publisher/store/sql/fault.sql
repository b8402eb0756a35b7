-- Temporary table fault: row_id, column_name, rule; one row a broken rule of a parsed row.
CREATE OR REPLACE TEMP TABLE fault AS
SELECT row_id, split_part(fault, ':', 1) AS column_name, split_part(fault, ':', 2) AS rule
FROM (SELECT rowid AS row_id, unnest(faults) AS fault FROM incoming WHERE faults IS NOT NULL)
