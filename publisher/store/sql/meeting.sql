-- Temporary table meeting: one row a pair of a good incoming row and a held version of the same item:
-- row_id, version, held_batch, held_row, held_version, identical (all columns equal, version included).
CREATE OR REPLACE TEMP TABLE meeting AS
SELECT
    i.rowid AS row_id, i.version, d.batch_id AS held_batch, d.row_number AS held_row, d.version AS held_version,
    ({identical}) AS identical
FROM incoming AS i JOIN declaration_item AS d USING (declaration_id, item_number)
WHERE i.faults IS NULL
