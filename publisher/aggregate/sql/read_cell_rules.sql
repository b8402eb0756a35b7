-- What the office decided about cells of one query. Bound: query, period.
-- Columns: codes VARCHAR (joined by /), rule VARCHAR, amount DECIMAL (null where the rule has none)
SELECT codes, rule, amount FROM cell_rule WHERE query = ? AND period IN ('', ?) ORDER BY ALL;
