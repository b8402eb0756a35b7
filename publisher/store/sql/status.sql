-- One row: batches, items, current_items, first_period, last_period, quarantined_rows, flagged_items, snapshots.
SELECT
    (SELECT count(*) FROM batch),
    (SELECT count(*) FROM declaration_item),
    (SELECT count(*) FROM declaration_item) - (SELECT count(*) FROM (SELECT DISTINCT batch_id, row_number FROM superseded)),
    (SELECT min(reference_period) FROM declaration_item),
    (SELECT max(reference_period) FROM declaration_item),
    (SELECT coalesce(sum(rows_quarantined), 0)::BIGINT FROM batch),
    (SELECT count(*) FROM review),
    (SELECT count(*) FROM snapshot)
