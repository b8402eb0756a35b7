-- HS subheadings with how often they are traded: chapters by the facts, Zipf within a chapter.
-- Bound: the codes in code order (VARCHAR[]).
-- Columns: number BIGINT, code, imports and exports DOUBLE (weights), krw_per_gram DOUBLE, air_share DOUBLE,
-- duty_percent DOUBLE, unit VARCHAR (null for most), control VARCHAR, control_share DOUBLE
CREATE TABLE commodity AS
WITH listed AS (
    SELECT generate_subscripts(codes, 1) - 1 AS number, unnest(codes) AS code
    FROM (SELECT CAST($codes AS VARCHAR[]) AS codes)
), ranked AS (
    SELECT *, row_number() OVER (PARTITION BY code[:2] ORDER BY chance(number, 0)) AS place,
        count(*) OVER (PARTITION BY code[:2]) AS places
    FROM listed
)
SELECT
    number,
    code,
    imports / (place * ln(places + 2)) AS imports,
    exports / (place * ln(places + 2)) AS exports,
    krw_per_kg * exp(0.8 * bell(number, 1)) / 1000 AS krw_per_gram,
    air_share,
    duty_percent,
    unit,
    coalesce(heading.control, whole.control, 'NONE') AS control,
    coalesce(heading.share, whole.share, 0) AS control_share
FROM ranked
JOIN chapter ON chapter.chapter = code[:2]
LEFT JOIN controls AS heading ON heading.prefix = code[:4]
LEFT JOIN controls AS whole ON whole.prefix = code[:2];
