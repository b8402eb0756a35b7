-- Traders, the largest first. Weights fall as a power of the rank ({exponent}), so that a few hold much.
-- {traders} traders; one in twelve belongs to a holding, of the hundred largest every second one.
-- Columns: number BIGINT 1 .., id VARCHAR, holding BIGINT (null for most), weight DOUBLE (sums to 1), habit BIGINT (what
-- its trade is drawn from: plants of one holding share it), slots BIGINT, first_slot BIGINT
CREATE TABLE trader AS
WITH ranked AS (
    SELECT
        number,
        pow(number + {shift}, -{exponent}) AS share,
        CASE
            WHEN chance(number, 0) < CASE WHEN number <= 100 THEN 0.5 ELSE 0.08 END
                THEN pick(number, 1, greatest(2, {traders} // 40))
        END AS holding
    FROM range(1, {traders} + 1) AS ranks(number)
), weighed AS (
    SELECT *, share / sum(share) OVER (ORDER BY number ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING) AS weight
    FROM ranked
), settled AS (
    SELECT
        number, holding, weight,
        CASE WHEN chance(number, 2) < 0.6 THEN coalesce(1000000000 + holding, number) ELSE number END AS habit,
        CAST(1 + floor(-2.2 * ln(1 - chance(number, 3))) + floor(least(60, weight * {rows} / 12)) AS BIGINT) AS slots
    FROM weighed
)
SELECT
    *,
    'T' || lpad(CAST(number * 7368787 % 10000019 AS VARCHAR), 8, '0') AS id,
    CAST(sum(slots) OVER (ORDER BY number) AS BIGINT) - slots AS first_slot
FROM settled;
