-- Notes which versions no longer count, held or just taken in. $batch: number of the batch.
INSERT INTO superseded
WITH kept AS (
    SELECT * FROM numbered
    WHERE row_id NOT IN (SELECT row_id FROM fault) AND row_id NOT IN (SELECT row_id FROM repeated)
),
ranked AS (
    SELECT row_number, version, max(version) OVER (PARTITION BY declaration_id, item_number) AS latest
    FROM kept SEMI JOIN repeated_key USING (declaration_id, item_number)
)
SELECT held_batch, held_row, $batch FROM meeting JOIN kept USING (row_id) WHERE held_version < kept.version
UNION
SELECT $batch, row_number, $batch FROM meeting JOIN kept USING (row_id) WHERE held_version > kept.version
UNION
SELECT $batch, row_number, $batch FROM ranked WHERE version < latest
