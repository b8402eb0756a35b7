-- The items of the batches up to {last_batch} that no version in these batches replaces.
SELECT * FROM store.main.declaration_item AS item
WHERE batch_id <= {last_batch} AND NOT EXISTS (
    SELECT 1 FROM store.main.superseded AS old
    WHERE old.by_batch <= {last_batch} AND old.batch_id = item.batch_id AND old.row_number = item.row_number
)
