-- The goods items {start} .. {stop} - 1 of {rows}, in order of acceptance, in the columns of the native profile.
-- Rows lie in blocks of four; a block holds one to four declarations. One block in seventy is a later version of the
-- declarations 97 blocks earlier: the same but for version and value.
WITH numbered AS (
    SELECT i, i // 4 AS block FROM range({start}, {stop}) AS rows(i)
), versioned AS (
    SELECT i, CASE WHEN block >= 97 AND chance(block, 0) < 0.015 AND chance(block - 97, 0) >= 0.015 THEN 2 ELSE 1 END AS version
    FROM numbered
), placed AS (
    SELECT i, version, CASE version WHEN 2 THEN i - 388 ELSE i END AS item FROM versioned
), opened AS (
    SELECT i, version, item,
        CASE WHEN item % 4 = 0 OR chance(item, 1) < 0.6 THEN item
             WHEN item % 4 = 1 OR chance(item - 1, 1) < 0.6 THEN item - 1
             WHEN item % 4 = 2 OR chance(item - 2, 1) < 0.6 THEN item - 2
             ELSE item - 3 END AS opening
    FROM placed
), assigned AS (
    SELECT i, version, item, opening, day_wheel.number AS day,
        CASE WHEN item = opening THEN first.number ELSE first.first_slot + pick(item, 2, first.slots) END AS slot,
        first.flow, first.partner, first.mode, first.office
    FROM opened
    JOIN slot_wheel ON slot_wheel.place = pick(opening, 3, {wheel})
    JOIN slot AS first ON first.number = slot_wheel.number
    JOIN day_wheel ON day_wheel.place = opening * 65536 // {rows}
), described AS (
    SELECT
        i, version, item, opening, day, assigned.slot, assigned.flow, assigned.partner, assigned.mode, assigned.office,
        s.trader, s.commodity, s.krw_per_gram, s.controlled,
        greatest(1000, CAST(exp(s.worth + 1.1 * bell(item, 4)) AS BIGINT)) AS value
    FROM assigned JOIN slot AS s ON s.number = assigned.slot
), priced AS (
    SELECT *,
        CAST(value * CASE version WHEN 2 THEN 0.8 + 0.4 * chance(item, 6) ELSE 1 END AS BIGINT) AS statistical_value,
        greatest(1, CAST(value / (krw_per_gram * exp(0.25 * bell(item, 7))
            * CASE WHEN chance(item, 9) < 0.0002 THEN 1000 ELSE 1 END) AS BIGINT)) AS net_mass
    FROM described
), joined AS (
    SELECT priced.*, t.id AS trader_id, t.holding, c.code AS commodity_code, c.duty_percent, c.unit, c.control,
        p.code AS partner_code, p.preference AS agreement
    FROM priced
    JOIN trader AS t ON t.number = trader
    JOIN commodity AS c ON c.number = commodity
    JOIN partner AS p ON p.number = partner
), taxed AS (
    SELECT *,
        CASE WHEN flow = 'X' THEN 'NONE'
             WHEN commodity_code[:2] IN ('84', '85', '90') AND chance(commodity, 24) < 0.35 THEN 'CIT'
             WHEN agreement <> 'A' AND chance(item, 10) < 0.7 THEN agreement
             WHEN chance(item, 11) < 0.25 THEN 'C' ELSE 'A' END AS preference
    FROM joined
), rated AS (
    SELECT *,
        CAST(CASE WHEN flow = 'X' THEN NULL WHEN preference = 'A' THEN duty_percent WHEN preference = 'C' THEN duty_percent * 0.8
             WHEN preference IN ('CIT', 'R') THEN 0 ELSE duty_percent * (commodity % 3) / 4 END AS DECIMAL(9, 4)) AS duty_rate
    FROM taxed
)
SELECT
    'D' || lpad(CAST(opening AS VARCHAR), 10, '0') AS declaration_id,
    CAST(item - opening + 1 AS INTEGER) AS item_number,
    version,
    flow,
    CAST($first AS DATE) + CAST(day AS INTEGER) AS acceptance_date,
    CASE flow WHEN 'M' THEN trader_id END AS importer,
    CASE flow WHEN 'X' THEN trader_id END AS exporter,
    CASE WHEN holding IS NOT NULL THEN 'G' || lpad(CAST(holding * 611953 % 999983 AS VARCHAR), 6, '0') END AS enterprise_group,
    CASE WHEN chance(opening, 12) >= 0.02 THEN 'F' || lpad(CAST((slot * 3 + pick(opening, 13, 3)) % 99999989 AS VARCHAR), 8, '0') END
        AS counterparty,
    'A' || lpad(CAST(trader % 200 + 1000 * (office % 10) AS VARCHAR), 5, '0') AS declarant,
    CASE WHEN mode = '5' OR chance(opening, 14) < 0.4 THEN 'C' || lpad(CAST(pick(slot, 15, 80) AS VARCHAR), 3, '0') END AS carrier,
    CAST(CASE WHEN mode = '5' AND office NOT IN (20, 30, 40) THEN 39 ELSE office END AS VARCHAR) AS office,
    CASE flow
        WHEN 'M' THEN CASE WHEN chance(opening, 16) < 0.80 THEN 'home_use' WHEN chance(opening, 16) < 0.92 THEN 'processing'
                           WHEN chance(opening, 16) < 0.96 THEN 'warehousing' WHEN chance(opening, 16) < 0.98 THEN 'temporary'
                           ELSE 'reimport' END
        ELSE CASE WHEN chance(opening, 16) < 0.88 THEN 'export' WHEN chance(opening, 16) < 0.94 THEN 'reexport'
                  WHEN chance(opening, 16) < 0.98 THEN 'outward_processing' ELSE 'temporary' END
    END AS procedure,
    mode AS transport_mode,
    commodity_code AS commodity,
    commodity_code || CASE WHEN chance(slot, 25) < 0.6 THEN '0000' ELSE '90' || CAST(10 + pick(slot, 26, 9) AS VARCHAR) END
        AS commodity_national,
    CASE flow WHEN 'M' THEN partner_code ELSE 'KR' END AS origin,
    CASE WHEN flow = 'M' AND chance(opening, 17) < 0.1
         THEN CASE pick(slot, 27, 4) WHEN 0 THEN 'SG' WHEN 1 THEN 'HK' WHEN 2 THEN 'NL' ELSE 'CN' END ELSE partner_code END
        AS consignment,
    statistical_value,
    net_mass,
    CASE WHEN unit IS NULL THEN NULL ELSE CASE unit WHEN 'TNE' THEN net_mass // 1000 WHEN 'GRM' THEN net_mass * 1000 WHEN 'LTR' THEN net_mass WHEN 'CTM' THEN net_mass * 5000
              ELSE 1000 * greatest(1, net_mass // 900) END END AS supplementary_quantity,
    unit AS supplementary_unit,
    duty_rate,
    CAST(round(statistical_value * duty_rate / 100) AS BIGINT) AS duty_amount,
    preference,
    CASE WHEN controlled THEN 'L' || lpad(CAST(slot * 7 % 9999991 AS VARCHAR), 7, '0') || '-' || (day // 60) END AS licence_number,
    CASE WHEN controlled THEN control ELSE 'NONE' END AS control_category,
    CASE WHEN chance(item, 18) >= CASE flow WHEN 'M' THEN 0.10 ELSE 0.03 END THEN 'not_inspected'
         WHEN chance(item, 19) < 0.82 THEN 'conform' WHEN chance(item, 19) < 0.96 THEN 'irregular' ELSE 'critical' END AS outcome,
    -- a few hours, longer by sea and at some offices; an inspection adds a day or two
    greatest(1, CAST(exp(CASE mode WHEN '1' THEN 2.4 WHEN '4' THEN 1.1 ELSE 1.6 END + 0.05 * (office % 17) + 0.8 * bell(opening, 28)) AS BIGINT))
        + CASE WHEN chance(item, 18) >= CASE flow WHEN 'M' THEN 0.10 ELSE 0.03 END THEN 0 ELSE 24 + pick(item, 30, 48) END
        AS clearance_hours
FROM rated;
