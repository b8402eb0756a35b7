-- The finished cells, sorted by node. Columns: as cell_columns.CellColumns.read
SELECT {columns} FROM aggregate_cell ORDER BY {order};
