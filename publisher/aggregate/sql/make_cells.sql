-- An empty table of cells. Columns: as cell_columns.CellColumns.stored
CREATE OR REPLACE TEMP TABLE aggregate_cell ({columns});
