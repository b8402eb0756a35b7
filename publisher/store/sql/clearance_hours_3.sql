-- What schema version 3 adds to version 2: how long clearance took. Last, as in the register: rows go in by place.

ALTER TABLE declaration_item ADD COLUMN clearance_hours BIGINT;

INSERT INTO schema_version VALUES (3);
