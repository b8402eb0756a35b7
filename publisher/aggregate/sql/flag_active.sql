-- Active confidentiality: every contribution is protected that its trader did not waive.
-- Bound: flow, first day, last day of the period; flow
-- Columns: those of aggregate_item, flags UTINYINT (bit {claim}: not waived, bit {controlled}: controlled good)
CREATE OR REPLACE TEMP TABLE aggregate_flagged AS
SELECT
    item.*,
    CAST(
        CASE WHEN EXISTS (
            SELECT 1 FROM waiver
            WHERE waiver.trader = item.trader
                AND waiver.flow = ?
                AND starts_with(item.commodity, coalesce(waiver.commodity, ''))
                AND coalesce(waiver.valid_from <= ?, true)
                AND coalesce(waiver.valid_to >= ?, true)
        ) THEN 0 ELSE {claim} END
        + CASE WHEN EXISTS (
            SELECT 1 FROM controlled_good AS good
            WHERE good.flow = ?
                AND (starts_with(item.commodity, good.commodity) OR starts_with(good.commodity, item.commodity))
        ) THEN {controlled} ELSE 0 END
        AS UTINYINT
    ) AS flags
FROM aggregate_item AS item;
