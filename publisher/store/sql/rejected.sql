-- Temporary table rejected: row_number, rule, line; one row a line of the file that could not be parsed.
CREATE OR REPLACE TEMP TABLE rejected AS
SELECT row_number::BIGINT AS row_number, {rules} AS rule, line::VARCHAR AS line FROM reject
