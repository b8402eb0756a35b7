-- What schema version 2 adds to version 1: shares and treatments of requests, and cell rules.

ALTER TABLE policy_protection_request ADD COLUMN share DECIMAL(8, 6);
ALTER TABLE policy_protection_request ADD COLUMN treatment VARCHAR DEFAULT '';
CREATE OR REPLACE VIEW protection_request AS
    SELECT * EXCLUDE (version) FROM policy_protection_request
    WHERE version = (SELECT max(version) FROM policy WHERE kind = 'protection_request');

-- period '': all. codes: of the query's dimensions, joined by /. amount: percent, or a multiple; null where none.
CREATE TABLE policy_cell_rule (
    version INTEGER NOT NULL, query VARCHAR NOT NULL, period VARCHAR NOT NULL, codes VARCHAR NOT NULL,
    rule VARCHAR NOT NULL, amount DECIMAL(13, 6)
);
CREATE VIEW cell_rule AS
    SELECT * EXCLUDE (version) FROM policy_cell_rule
    WHERE version = (SELECT max(version) FROM policy WHERE kind = 'cell_rule');

INSERT INTO schema_version VALUES (2);
