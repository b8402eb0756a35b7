-- An empty table for the clipped vectors of several months. Columns: d0, d1, ... INTEGER, unit INTEGER, v0, ... HUGEINT
CREATE OR REPLACE TEMP TABLE {table} ({columns});
