-- Coordinates of the contributors' vectors, one row a (cell, contributor).
-- Columns: as make_vectors.sql
INSERT INTO aggregate_vector
SELECT {nodes}, trader.{unit} AS unit, {values}
FROM {source} AS contribution
JOIN {traders} AS trader ON trader.own = contribution.contributor
WHERE {condition}
GROUP BY {nodes}, trader.{unit};
