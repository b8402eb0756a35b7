-- Takes the good rows into the store, in file order. $batch: number of the batch.
INSERT INTO declaration_item
SELECT $batch, row_number, {columns}
FROM numbered
WHERE row_id NOT IN (SELECT row_id FROM fault) AND row_id NOT IN (SELECT row_id FROM repeated)
