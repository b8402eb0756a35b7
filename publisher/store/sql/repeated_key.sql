-- Temporary table repeated_key: declaration_id, item_number; items of the file with more than one good row.
CREATE OR REPLACE TEMP TABLE repeated_key AS
SELECT declaration_id, item_number FROM incoming WHERE faults IS NULL
GROUP BY declaration_id, item_number HAVING count(*) > 1
