-- One row: last_batch, last_policy (0 for none) and the number of snapshots there are.
SELECT
    (SELECT coalesce(max(batch_id), 0) FROM batch) AS last_batch,
    (SELECT coalesce(max(version), 0) FROM policy) AS last_policy,
    (SELECT count(*) FROM snapshot) AS snapshots
