-- Whether any waiver, request or controlled good concerns a flow in a period.
-- Bound: flow, first day, last day (waivers); flow, first day, last day (requests); flow (controlled goods)
-- Columns: waived, requested, shares (limits of their own), recoded, value_only, no_quantity, controlled BOOLEAN;
-- one row
WITH request AS (
    SELECT count(*) > 0 AS requested, coalesce(bool_or(share IS NOT NULL), false) AS shares,
        coalesce(bool_or(treatment IN ('dump_code', 'no_partner', 'value_only')), false) AS recoded,
        coalesce(bool_or(treatment = 'value_only'), false) AS value_only,
        coalesce(bool_or(treatment = 'no_quantity'), false) AS no_quantity
    FROM protection_request
    WHERE flow = $4 AND coalesce(valid_to >= $5, true) AND coalesce(valid_from <= $6, true)
)
SELECT
    EXISTS (
        SELECT 1 FROM waiver
        WHERE flow = $1 AND coalesce(valid_from <= $2, true) AND coalesce(valid_to >= $3, true)
    ) AS waived,
    request.requested,
    request.shares,
    request.recoded,
    request.value_only,
    request.no_quantity,
    EXISTS (SELECT 1 FROM controlled_good WHERE flow = $7) AS controlled
FROM request;
