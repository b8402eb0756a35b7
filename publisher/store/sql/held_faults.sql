-- Adds to `fault` the rows whose version the store holds with other content.
INSERT INTO fault
SELECT DISTINCT row_id, 'version', 'version_held' FROM meeting WHERE version = held_version AND NOT identical
