-- Temporary view `numbered`: incoming with row_id (place among parsed rows) and row_number (place in the file,
-- without the header), where every line could be parsed.
CREATE OR REPLACE TEMP VIEW numbered AS SELECT *, rowid AS row_id, rowid + 1 AS row_number FROM incoming
