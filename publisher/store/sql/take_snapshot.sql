-- Adds a snapshot of the present state unless one has it already.
INSERT INTO snapshot
SELECT $id, $batch, $policy, $who, $now
WHERE NOT EXISTS (SELECT 1 FROM snapshot WHERE last_batch = $batch AND last_policy = $policy)
