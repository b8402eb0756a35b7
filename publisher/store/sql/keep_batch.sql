-- Writes the batch into the chain of custody. Counts are what the store now holds.
INSERT INTO batch
SELECT
    $batch, $file_name, $file_sha256, $profile, $profile_sha256, $rows_read,
    (SELECT count(*) FROM declaration_item WHERE batch_id = $batch),
    (SELECT count(DISTINCT row_number) FROM quarantine WHERE batch_id = $batch),
    (SELECT count(*) FROM repeated),
    (SELECT count(*) FROM superseded WHERE by_batch = $batch),
    (SELECT min(reference_period) FROM declaration_item WHERE batch_id = $batch),
    (SELECT max(reference_period) FROM declaration_item WHERE batch_id = $batch),
    $who, $now
