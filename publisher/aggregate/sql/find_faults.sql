-- Columns: one BOOLEAN for each thing that must not be; one row
SELECT {faults} FROM {table};
