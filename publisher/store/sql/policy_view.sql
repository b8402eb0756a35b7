-- Temporary view of one policy list as of a snapshot; shadows the store's view of that name.
CREATE OR REPLACE TEMP VIEW {name} AS
SELECT * EXCLUDE (version) FROM store.main.policy_{name}
WHERE version = (
    SELECT max(version) FROM store.main.policy WHERE kind = '{name}' AND version <= {last_policy}
)
