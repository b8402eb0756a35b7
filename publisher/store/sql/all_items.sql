-- All items of the batches up to {last_batch}: the current ones where none was superseded.
SELECT * FROM store.main.declaration_item WHERE batch_id <= {last_batch}
