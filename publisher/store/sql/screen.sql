-- Flags items of a batch whose unit value is far from its kind (robust z-score, Iglewicz and Hoaglin 1993:
-- 0.6745 (x - median) / MAD, x = ln(value / mass), within flow and HS subheading, over the twelve months before the
-- batch's last day and the batch itself). A kind with fewer than $minimum items is not screened. MAD counts as at
-- least $floor, so that a kind of nearly equal prices does not flag small differences.
-- $batch: number of the batch, $limit: flagged above this |z|.
INSERT INTO review
WITH span AS (
    SELECT max(acceptance_date) - INTERVAL 1 YEAR AS since FROM declaration_item WHERE batch_id = $batch
),
item AS (
    SELECT batch_id, row_number, flow, commodity, ln(statistical_value / net_mass) AS x
    FROM declaration_item
    WHERE statistical_value > 0 AND net_mass > 0
        AND (batch_id = $batch OR acceptance_date >= (SELECT since FROM span))
),
centre AS (
    SELECT flow, commodity, median(x) AS middle FROM item GROUP BY flow, commodity HAVING count(*) >= $minimum
),
spread AS (
    SELECT flow, commodity, any_value(middle) AS middle, greatest(median(abs(x - middle)), $floor) AS mad
    FROM item JOIN centre USING (flow, commodity) GROUP BY flow, commodity
)
SELECT batch_id, row_number, flow, commodity, 0.6745 * (x - middle) / mad AS score, exp(x - middle) AS times_median
FROM item JOIN spread USING (flow, commodity)
WHERE batch_id = $batch AND abs(0.6745 * (x - middle) / mad) > $limit
ORDER BY row_number
