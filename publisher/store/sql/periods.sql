-- One row a month with declarations of a flow in the exposed view `declaration`, newest first: reference_period.
SELECT DISTINCT reference_period FROM declaration WHERE flow = $flow ORDER BY reference_period DESC
