-- Goods that are counted under pooled codes because somebody asked for less detail: whoever declared them, in every
-- month on a day of which such a request is valid. Bound: months, flow; flow
-- Columns: commodity, reference_period VARCHAR; pooled_commodity, pooled_partner VARCHAR (null: as declared)
CREATE OR REPLACE TEMP TABLE aggregate_recode AS
WITH declared AS (
    SELECT DISTINCT
        commodity, reference_period, CAST(strptime(reference_period || '-01', '%Y-%m-%d') AS DATE) AS first_day
    FROM declaration
    WHERE reference_period IN ({months}) AND flow = ?
)
SELECT
    declared.commodity,
    declared.reference_period,
    CASE WHEN bool_or(request.treatment = 'dump_code') THEN left(declared.commodity, 2) || '{dump}' END
        AS pooled_commodity,
    CASE WHEN bool_or(request.treatment IN ('no_partner', 'value_only')) THEN '{partner}' END AS pooled_partner
FROM declared
JOIN protection_request AS request
    ON request.flow = ?
    AND request.treatment IN ('dump_code', 'no_partner', 'value_only')
    AND (
        starts_with(declared.commodity, request.commodity) OR starts_with(request.commodity, declared.commodity)
    )
    AND coalesce(request.valid_from <= last_day(declared.first_day), true)
    AND coalesce(request.valid_to >= declared.first_day, true)
GROUP BY declared.commodity, declared.reference_period;
