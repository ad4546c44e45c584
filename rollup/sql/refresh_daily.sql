-- The sums, per day and series. The texts are matched once per key, not once
-- per charge. A mean comes as a double for a sixth of what the cast of its sum costs.
INSERT INTO daily
WITH sums AS (
    SELECT c.ChargePeriodStart::DATE AS day, w.series_id, w.x_BillingPeriod, w.SubAccountId,
           sum(c.BilledCost) AS billed,
           sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective,
           sum(c.ConsumedQuantity) AS quantity,
           avg(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) * count(*) AS rounded,
           coalesce(avg(c.ConsumedQuantity) * count(c.ConsumedQuantity), 0) AS rounded_quantity
    FROM charges c JOIN key_series w ON w.key_id = c.key_id
    WHERE w.shown
    GROUP BY ALL
), spans AS (
    SELECT DISTINCT SubAccountId, BillingPeriodStart, BillingPeriodEnd FROM scopes WHERE state = 'current'
), days AS (
    SELECT DISTINCT m.day, m.SubAccountId
    FROM (SELECT DISTINCT day, SubAccountId FROM sums) m
    JOIN spans p ON p.SubAccountId = m.SubAccountId AND m.day >= p.BillingPeriodStart AND m.day < p.BillingPeriodEnd
)
SELECT m.day, m.series_id, m.x_BillingPeriod, d.day IS NOT NULL, m.billed, m.effective, m.quantity,
       m.rounded, m.rounded_quantity
FROM sums m LEFT JOIN days d ON d.day = m.day AND d.SubAccountId = m.SubAccountId
ORDER BY m.x_BillingPeriod, m.series_id, m.day; -- by period: what is asked of some periods reads no others
