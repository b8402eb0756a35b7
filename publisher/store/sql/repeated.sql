-- Temporary table repeated: row_id of the good rows that the store holds already, exactly so.
CREATE OR REPLACE TEMP TABLE repeated AS
SELECT DISTINCT row_id FROM meeting WHERE identical AND row_id NOT IN (SELECT row_id FROM fault)
