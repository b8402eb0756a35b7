-- Adds to `fault` every row that shares declaration, item and version with another good row of the file: nobody
-- can know which one is meant.
INSERT INTO fault
SELECT row_id, 'declaration_id', 'duplicate'
FROM (
    SELECT rowid AS row_id, count(*) OVER (PARTITION BY declaration_id, item_number, version) AS alike
    FROM incoming SEMI JOIN repeated_key USING (declaration_id, item_number)
    WHERE faults IS NULL
)
WHERE alike > 1
