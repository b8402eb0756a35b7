-- A slot is a habit of one trader: one flow, commodity, partner, mode and office. Most of its trade is in few slots.
-- Columns: number BIGINT, weight BIGINT, trader, first_slot, slots, flow, commodity and partner BIGINT, mode, office,
-- worth DOUBLE (ln KRW of a usual goods item), krw_per_gram DOUBLE, controlled BOOLEAN
CREATE TABLE slot AS
WITH spread AS (
    SELECT
        first_slot + turn AS number, turn, trader.number AS trader, habit, trader.first_slot, slots, weight,
        habit * 128 + turn AS draw,
        CASE WHEN chance(trader.number, 4) < 0.5 THEN 0 WHEN chance(trader.number, 4) < 0.72 THEN 1
             ELSE chance(first_slot + turn, 5) END AS exporting
    FROM (SELECT *, unnest(range(slots)) AS turn FROM trader) AS trader
), flowed AS (
    SELECT *, CASE WHEN exporting < 0.6 THEN 'M' ELSE 'X' END AS flow FROM spread
), drawn AS (
    SELECT
        flowed.*,
        CASE WHEN turn = 0 OR chance(draw, 7) < 0.35 THEN pick(draw, 8, 65536) ELSE pick(habit * 128, 8, 65536) END AS spin,
        turn > 0 AND chance(draw, 7) >= 0.35 AS near_home,
        CASE WHEN chance(draw, 9) < 0.45 THEN pick(habit * 128, 10, 65536) ELSE pick(draw, 10, 65536) END AS partner_spin
    FROM flowed
), chosen AS (
    SELECT
        drawn.*,
        greatest(0, least((SELECT max(number) FROM commodity),
            CASE flow WHEN 'M' THEN imported.number ELSE exported.number END
            + CASE WHEN near_home THEN CAST(round(5 * bell(draw, 11)) AS BIGINT) ELSE 0 END)) AS commodity,
        partner_wheel.number AS partner
    FROM drawn
    JOIN imported_wheel AS imported ON imported.place = spin
    JOIN exported_wheel AS exported ON exported.place = spin
    JOIN partner_wheel ON partner_wheel.place = partner_spin
), shipped AS (
    SELECT
        chosen.*, c.krw_per_gram, c.control_share,
        CASE WHEN chance(draw, 13) < 0.01 THEN '5' WHEN chance(draw, 14) < c.air_share * (0.6 + 0.7 * far) THEN '4' ELSE '1' END
            AS mode,
        pick(trader, 15, 65536) AS office_spin
    FROM chosen
    JOIN commodity AS c ON c.number = chosen.commodity
    JOIN partner AS p ON p.number = chosen.partner
)
SELECT
    shipped.number,
    greatest(1, CAST(1e12 * weight / (turn + 1) / ln(slots + 1.5) AS BIGINT)) AS weight,
    trader, first_slot, slots, flow, commodity, partner, mode,
    CASE mode WHEN '1' THEN sea.number ELSE air.number END AS office,
    14.3 + 0.6 * bell(trader, 16) + 0.7 * bell(shipped.number, 18) AS worth,
    krw_per_gram * exp(0.2 * bell(draw, 20) + CASE mode WHEN '4' THEN 0.3 ELSE 0 END) AS krw_per_gram,
    chance(commodity, 22) < 2 * control_share AND chance(draw, 23) < CASE flow WHEN 'X' THEN 0.6 ELSE 0.12 END AS controlled
FROM shipped
JOIN sea_wheel AS sea ON sea.place = office_spin
JOIN air_wheel AS air ON air.place = office_spin;
