-- Countries with a gravity weight: size of the economy over distance. Countries without facts trade little.
-- Bound: the country codes in code order (VARCHAR[]).
-- Columns: number BIGINT, code, preference VARCHAR, weight BIGINT, far DOUBLE (0 near .. 1 far)
CREATE TABLE partner AS
WITH listed AS (
    SELECT generate_subscripts(codes, 1) - 1 AS number, unnest(codes) AS code
    FROM (SELECT CAST($codes AS VARCHAR[]) AS codes)
)
SELECT
    number,
    code,
    coalesce(preference, 'A') AS preference,
    CAST(1e6 * pow(coalesce(gdp_billion_usd, 0.5), 0.85) / pow(coalesce(distance_km, 11000), 0.5) AS BIGINT) AS weight,
    least(1, coalesce(distance_km, 11000) / 12000) AS far
FROM listed
LEFT JOIN country ON country.country = listed.code
WHERE code <> 'KR';
