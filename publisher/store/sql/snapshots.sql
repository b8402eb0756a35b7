-- One row a snapshot, oldest first: snapshot_id, last_batch, last_policy, who, taken_at, batches (ids).
SELECT
    snapshot_id, last_batch, last_policy, any_value(snapshot.who), any_value(taken_at),
    list(printf('b%04d', batch_id) ORDER BY batch_id)
FROM snapshot JOIN batch ON batch_id <= last_batch
GROUP BY snapshot_id, last_batch, last_policy ORDER BY last_batch, last_policy
