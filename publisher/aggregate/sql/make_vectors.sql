-- An empty table of coordinates. Columns: d0, d1, ... INTEGER, unit INTEGER, v0, v1, ... BIGINT
CREATE OR REPLACE TEMP TABLE aggregate_vector ({columns});
