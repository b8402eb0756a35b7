-- Whether any waiver, request or controlled good concerns a flow in a period.
-- Bound: flow, first day, last day (waivers); flow, first day, last day (requests); flow (controlled goods)
-- Columns: waived, requested, controlled BOOLEAN; one row
SELECT
    EXISTS (
        SELECT 1 FROM waiver
        WHERE flow = ? AND coalesce(valid_from <= ?, true) AND coalesce(valid_to >= ?, true)
    ) AS waived,
    EXISTS (
        SELECT 1 FROM protection_request
        WHERE flow = ? AND coalesce(valid_to >= ?, true) AND coalesce(valid_from <= ?, true)
    ) AS requested,
    EXISTS (SELECT 1 FROM controlled_good WHERE flow = ?) AS controlled;
