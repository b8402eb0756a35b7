-- Gives back the memory of a temporary table.
DROP TABLE IF EXISTS {table};
