-- Every table of the confidential store. Rows are only ever added, never changed: a snapshot is a prefix of
-- batches and of policy versions, and stays what it was.

CREATE TABLE schema_version (version INTEGER NOT NULL);
INSERT INTO schema_version VALUES ({schema_version});

-- One row a goods item and version. row_number is the item's place in its file, counted without the header.
CREATE TABLE declaration_item (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    {declaration_columns}
);

-- One row an item that a higher version replaces; it stops counting once batch by_batch is part of the snapshot.
CREATE TABLE superseded (batch_id INTEGER NOT NULL, row_number BIGINT NOT NULL, by_batch INTEGER NOT NULL);

-- Chain of custody, one row a file taken in.
CREATE TABLE batch (
    batch_id INTEGER NOT NULL,
    file_name VARCHAR NOT NULL,
    file_sha256 VARCHAR NOT NULL,
    profile VARCHAR NOT NULL,
    profile_sha256 VARCHAR NOT NULL,
    rows_read BIGINT NOT NULL,
    rows_kept BIGINT NOT NULL,
    rows_quarantined BIGINT NOT NULL,
    rows_repeated BIGINT NOT NULL,
    rows_superseded BIGINT NOT NULL,
    first_period VARCHAR,
    last_period VARCHAR,
    who VARCHAR NOT NULL,
    ingested_at TIMESTAMP NOT NULL
);

-- One row a broken rule of a row not taken in. raw holds the mapped source columns as JSON, or the text line.
CREATE TABLE quarantine (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    column_name VARCHAR NOT NULL,
    rule VARCHAR NOT NULL,
    raw VARCHAR
);

-- One row an item with an implausible unit value. score is the robust z-score, times_median exp(ln value/mass - median).
CREATE TABLE review (
    batch_id INTEGER NOT NULL,
    row_number BIGINT NOT NULL,
    flow VARCHAR NOT NULL,
    commodity VARCHAR NOT NULL,
    score DOUBLE NOT NULL,
    times_median DOUBLE NOT NULL
);

-- One row a policy file loaded; a version replaces all rows of its kind.
CREATE TABLE policy (
    version INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    file_name VARCHAR NOT NULL,
    file_sha256 VARCHAR NOT NULL,
    row_count BIGINT NOT NULL,
    who VARCHAR NOT NULL,
    loaded_at TIMESTAMP NOT NULL
);
CREATE TABLE policy_protection_request (
    version INTEGER NOT NULL, trader VARCHAR NOT NULL, flow VARCHAR NOT NULL, commodity VARCHAR NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE NOT NULL
);
CREATE TABLE policy_waiver (
    version INTEGER NOT NULL, trader VARCHAR NOT NULL, flow VARCHAR NOT NULL, commodity VARCHAR NOT NULL,
    valid_from DATE NOT NULL, valid_to DATE NOT NULL
);
CREATE TABLE policy_controlled_good (version INTEGER NOT NULL, commodity VARCHAR NOT NULL, flow VARCHAR NOT NULL);

-- What holds now. A snapshot lays views of the same names over these.
CREATE VIEW protection_request AS
    SELECT * EXCLUDE (version) FROM policy_protection_request
    WHERE version = (SELECT max(version) FROM policy WHERE kind = 'protection_request');
CREATE VIEW waiver AS
    SELECT * EXCLUDE (version) FROM policy_waiver
    WHERE version = (SELECT max(version) FROM policy WHERE kind = 'waiver');
CREATE VIEW controlled_good AS
    SELECT * EXCLUDE (version) FROM policy_controlled_good
    WHERE version = (SELECT max(version) FROM policy WHERE kind = 'controlled_good');

-- One row a named state: all batches up to last_batch, all policy up to last_policy (0: none).
CREATE TABLE snapshot (
    snapshot_id VARCHAR NOT NULL,
    last_batch INTEGER NOT NULL,
    last_policy INTEGER NOT NULL,
    who VARCHAR NOT NULL,
    taken_at TIMESTAMP NOT NULL
);
