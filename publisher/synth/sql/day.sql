-- The days of the periods with their share of the trade: season, growth, day of the week.
-- Bound: first day (DATE), first day after the last period (DATE).
-- Columns: number BIGINT (days since the first day), weight BIGINT
CREATE TABLE day AS
WITH listed AS (
    SELECT number, CAST($first AS DATE) + CAST(number AS INTEGER) AS day
    FROM range(date_diff('day', CAST($first AS DATE), CAST($after AS DATE))) AS days(number)
)
SELECT
    number,
    CAST(
        1000 * (1 + 0.12 * sin(2 * pi() * (month(day) - 5) / 12)) * pow(1.04, number / 365.0)
        * CASE month(day) WHEN 2 THEN 0.9 WHEN 12 THEN 1.1 ELSE 1 END
        * CASE isodow(day) WHEN 6 THEN 0.35 WHEN 7 THEN 0.12 ELSE 1 END
        AS BIGINT
    ) AS weight
FROM listed;
