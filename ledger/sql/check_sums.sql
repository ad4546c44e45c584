-- What the ledger has added up that its charges deny: a line each. The columns are the
-- load, 0 where it is of none; what was added up; what it says; what the charges say.
WITH held AS (
    SELECT k.scope_id, k.key_id, c.load_id, count(*) AS rows, sum(c.BilledCost) AS billed, sum(c.EffectiveCost) AS effective
    FROM charges c JOIN keys k ON k.key_id = c.key_id
    GROUP BY ALL
), scoped AS (
    SELECT scope_id, sum(rows)::BIGINT AS rows, sum(billed) AS billed, sum(effective) AS effective FROM held GROUP BY ALL
), loaded AS (
    SELECT load_id, BillingCurrency AS currency, sum(rows) AS rows, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
    FROM scopes GROUP BY ALL
), whole AS ( -- the loads of which no part was taken out
    SELECT load_id FROM loaded JOIN loads USING (load_id) GROUP BY load_id HAVING sum(loaded.rows) = any_value(loads.rows)
), kept AS ( -- those of which all charges are there still
    SELECT load_id FROM whole WHERE load_id NOT IN (SELECT load_id FROM scopes WHERE state = 'purged')
), told_then AS (
    SELECT load_id, BillingAccountId, SubAccountId, BillingPeriodStart, BillingCurrency, day, sum(rows)::BIGINT AS rows,
           sum(BilledCost) AS billed, sum(EffectiveCost) AS effective
    FROM estimates WHERE load_id IN (FROM kept) GROUP BY ALL
), charged_then AS (
    SELECT s.load_id, s.BillingAccountId, s.SubAccountId, s.BillingPeriodStart, s.BillingCurrency, c.ChargePeriodStart::DATE AS day,
           count(*) AS rows, sum(c.BilledCost) AS billed, sum(c.EffectiveCost) AS effective
    FROM charges c JOIN keys k ON k.key_id = c.key_id JOIN scopes s ON s.scope_id = k.scope_id
    WHERE s.load_id IN (FROM kept) GROUP BY ALL
), told_days AS (
    SELECT series_id, x_BillingPeriod, day, sum(BilledCost) AS BilledCost, sum(EffectiveCost) AS EffectiveCost,
           sum(ConsumedQuantity) AS ConsumedQuantity, sum(cost) AS cost
    FROM daily GROUP BY ALL
), told_services AS (
    SELECT scope_id, day, ServiceName, ChargeCategory, sum(BilledCost) AS BilledCost, sum(EffectiveCost) AS EffectiveCost
    FROM daily_services GROUP BY ALL
), services AS (
    SELECT k.scope_id, c.ChargePeriodStart::DATE AS day, coalesce(k.ServiceName, '') AS service, coalesce(k.ChargeCategory, '') AS category,
           sum(c.BilledCost) AS billed, sum(CASE WHEN k.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective
    FROM charges c JOIN current_keys k ON k.key_id = c.key_id WHERE k.shown
    GROUP BY ALL
), days AS (
    SELECT w.series_id, w.x_BillingPeriod, c.ChargePeriodStart::DATE AS day,
           sum(c.BilledCost) AS billed, sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective,
           sum(c.ConsumedQuantity) AS quantity
    FROM charges c JOIN key_series w ON w.key_id = c.key_id WHERE w.shown
    GROUP BY ALL
)
SELECT s.load_id, 'account ' || coalesce(nullif(s.SubAccountId, ''), s.BillingAccountId) || ', ' || s.x_BillingPeriod,
       s.rows || ' rows, ' || s.BilledCost || ' billed, ' || s.EffectiveCost || ' effective',
       coalesce(h.rows, 0) || ' rows, ' || coalesce(h.billed, 0) || ' billed, ' || coalesce(h.effective, 0) || ' effective'
FROM scopes s LEFT JOIN scoped h ON h.scope_id = s.scope_id
WHERE s.state <> 'purged' AND (s.rows, s.BilledCost, s.EffectiveCost) IS DISTINCT FROM (h.rows, h.billed, h.effective)
UNION ALL
SELECT s.load_id, 'rows with the same texts (key ' || k.key_id || ')', k.rows::VARCHAR, coalesce(h.rows, 0)::VARCHAR
FROM keys k JOIN scopes s ON s.scope_id = k.scope_id LEFT JOIN held h ON h.key_id = k.key_id
WHERE s.state <> 'purged' AND k.rows IS DISTINCT FROM h.rows
UNION ALL
SELECT t.load_id, 'the total of its file', t.total || ' ' || t.currency,
       coalesce(l.billed, 0) || ' billed, ' || coalesce(l.effective, 0) || ' effective'
FROM load_totals t JOIN whole w ON w.load_id = t.load_id LEFT JOIN loaded l ON l.load_id = t.load_id AND l.currency = t.currency
WHERE t.total IS DISTINCT FROM l.billed AND t.total IS DISTINCT FROM l.effective
UNION ALL
SELECT coalesce(d.load_id, n.load_id), 'what it said (estimates) of account ' || coalesce(nullif(coalesce(d.SubAccountId, n.SubAccountId), ''),
           d.BillingAccountId, n.BillingAccountId) || ' on ' || coalesce(d.day, n.day),
       coalesce(d.rows || ' rows, ' || d.billed || ' billed, ' || d.effective || ' effective', 'nothing'),
       coalesce(n.rows || ' rows, ' || n.billed || ' billed, ' || n.effective || ' effective', 'nothing')
FROM told_then d
FULL JOIN charged_then n ON n.load_id = d.load_id AND n.BillingAccountId = d.BillingAccountId AND n.SubAccountId = d.SubAccountId
    AND n.BillingPeriodStart = d.BillingPeriodStart AND n.BillingCurrency = d.BillingCurrency AND n.day = d.day
WHERE (d.rows, d.billed, d.effective) IS DISTINCT FROM (n.rows, n.billed, n.effective)
UNION ALL
SELECT 0, 'the daily sums (daily) of series ' || coalesce(d.series_id, n.series_id) || ' on ' || coalesce(d.day, n.day),
       coalesce(d.BilledCost || ' billed, ' || d.EffectiveCost || ' effective', 'nothing'),
       coalesce(n.billed || ' billed, ' || n.effective || ' effective', 'nothing')
FROM told_days d FULL JOIN days n ON n.series_id = d.series_id AND n.x_BillingPeriod = d.x_BillingPeriod AND n.day = d.day
WHERE (d.BilledCost, d.EffectiveCost, d.ConsumedQuantity) IS DISTINCT FROM (n.billed, n.effective, n.quantity)
   OR abs(d.cost - n.effective::DOUBLE) > 1e-15 * abs(d.cost) -- rounded otherwise, in the last bit
UNION ALL
SELECT coalesce(s.load_id, 0), 'the sums by service (daily_services) of ' || coalesce(d.ServiceName, n.service) || ' on ' || coalesce(d.day, n.day),
       coalesce(d.BilledCost || ' billed, ' || d.EffectiveCost || ' effective', 'nothing'),
       coalesce(n.billed || ' billed, ' || n.effective || ' effective', 'nothing')
FROM told_services d
FULL JOIN services n ON n.scope_id = d.scope_id AND n.day = d.day AND n.service = d.ServiceName AND n.category = d.ChargeCategory
LEFT JOIN scopes s ON s.scope_id = coalesce(d.scope_id, n.scope_id)
WHERE (d.BilledCost, d.EffectiveCost) IS DISTINCT FROM (n.billed, n.effective)
ORDER BY ALL;
