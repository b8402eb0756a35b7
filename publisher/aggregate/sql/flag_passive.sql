-- Passive confidentiality: only contributions whose trader asked for it are protected.
-- Bound: flow, first day, last day of the period; flow
-- Columns: those of aggregate_item, flags UTINYINT (bit {claim}: requested, bit {controlled}: controlled good)
CREATE OR REPLACE TEMP TABLE aggregate_flagged AS
SELECT
    item.*,
    CAST(
        CASE WHEN EXISTS (
            SELECT 1 FROM protection_request AS request
            WHERE request.trader = item.trader
                AND request.flow = ?
                AND (
                    starts_with(item.commodity, coalesce(request.commodity, ''))
                    OR starts_with(request.commodity, item.commodity)
                )
                AND coalesce(request.valid_to >= ?, true)
                AND coalesce(request.valid_from <= ?, true)
        ) THEN {claim} ELSE 0 END
        + CASE WHEN EXISTS (
            SELECT 1 FROM controlled_good AS good
            WHERE good.flow = ?
                AND (starts_with(item.commodity, good.commodity) OR starts_with(good.commodity, item.commodity))
        ) THEN {controlled} ELSE 0 END
        AS UTINYINT
    ) AS flags
FROM aggregate_item AS item;
