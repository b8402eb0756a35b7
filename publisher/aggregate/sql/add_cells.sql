-- Adds the cells that lie exactly on one cut; each contributor has one row a cell, so count(*) counts contributors.
-- Columns: as cell_columns.CellColumns.stored
INSERT INTO aggregate_cell
SELECT {columns}
FROM {source}
WHERE {at_cut}
GROUP BY {nodes};
