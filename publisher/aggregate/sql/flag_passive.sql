-- Passive confidentiality: only contributions are protected whose trader asked for it and did not waive it.
-- Bound: flow, first day, last day (requests); flow, first day, last day (waivers); flow (controlled goods)
-- Columns: those of aggregate_item, flags UTINYINT (bit {claim}: requested, bit {detail}: requested but in totals of
-- chapters, bit {quantity}: requested for quantities alone, bit {controlled}: controlled good), share_limit BIGINT where
-- asked for (null: no claim in values), quantity_limit BIGINT where asked for (null: no claim at all)
CREATE OR REPLACE TEMP TABLE aggregate_flagged AS
WITH covered AS (
    SELECT
        declared.trader,
        declared.commodity,
        CASE coalesce(request.treatment, '')
            WHEN '' THEN {claim} WHEN 'dump_code' THEN {detail} WHEN 'value_only' THEN {value_only}
            WHEN 'no_quantity' THEN {quantity} ELSE 0
        END AS claim,
        coalesce(CAST(request.share * {steps} AS BIGINT) * {denominator}, {default}) AS share_limit
    FROM (SELECT DISTINCT trader, commodity FROM aggregate_item) AS declared
    JOIN protection_request AS request
        ON request.trader = declared.trader
        AND request.flow = ?
        AND (
            starts_with(declared.commodity, coalesce(request.commodity, ''))
            OR starts_with(request.commodity, declared.commodity)
        )
        AND coalesce(request.valid_to >= ?, true)
        AND coalesce(request.valid_from <= ?, true)
), claimed AS (
    SELECT
        trader, commodity, bit_or(claim) AS claims,
        min(share_limit) FILTER (claim <> {quantity}) AS share_limit, min(share_limit) AS quantity_limit
    FROM covered
    WHERE claim <> 0 AND NOT EXISTS (
        SELECT 1 FROM waiver
        WHERE waiver.trader = covered.trader
            AND waiver.flow = ?
            AND starts_with(covered.commodity, coalesce(waiver.commodity, ''))
            AND coalesce(waiver.valid_from <= ?, true)
            AND coalesce(waiver.valid_to >= ?, true)
    )
    GROUP BY trader, commodity
)
SELECT
    item.*,
    CAST(
        coalesce(claimed.claims, 0)
        + CASE WHEN EXISTS (
            SELECT 1 FROM controlled_good AS good
            WHERE good.flow = ?
                AND (starts_with(item.commodity, good.commodity) OR starts_with(good.commodity, item.commodity))
        ) THEN {controlled} ELSE 0 END
        AS UTINYINT
    ) AS flags{limit}
FROM aggregate_item AS item
LEFT JOIN claimed USING (trader, commodity);
