-- The sums, per day and series. The texts are matched once per key, not once
-- per charge, and what is grouped by is numbers: a place is a subscription and a bill. A mean comes
-- as a double for a sixth of what the cast of its sum costs.
INSERT INTO daily
WITH belongs AS (
    SELECT key_id, series_id, shadowed, SubAccountId, x_BillingPeriod, dense_rank() OVER (ORDER BY SubAccountId, x_BillingPeriod) AS place
    FROM key_series WHERE shown
), places AS (
    SELECT DISTINCT place, SubAccountId, x_BillingPeriod FROM belongs
), sums AS (
    SELECT c.ChargePeriodStart::DATE AS day, w.series_id, w.place,
           sum(c.BilledCost) AS billed,
           sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective,
           sum(c.ConsumedQuantity) AS quantity,
           avg(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) * count(*) AS rounded,
           coalesce(avg(c.ConsumedQuantity) * count(c.ConsumedQuantity), 0) AS rounded_quantity
    FROM charges c JOIN belongs w ON w.key_id = c.key_id
    GROUP BY ALL
), spans AS (
    SELECT DISTINCT SubAccountId, BillingPeriodStart, BillingPeriodEnd FROM scopes WHERE state = 'current'
), days AS (
    SELECT DISTINCT m.day, m.place
    FROM (SELECT DISTINCT day, place FROM sums) m
    JOIN places w ON w.place = m.place
    JOIN spans p ON p.SubAccountId = w.SubAccountId AND m.day >= p.BillingPeriodStart AND m.day < p.BillingPeriodEnd
)
SELECT m.day, m.series_id, w.x_BillingPeriod, d.day IS NOT NULL, m.billed, m.effective, m.quantity,
       m.rounded, m.rounded_quantity
FROM sums m JOIN places w ON w.place = m.place LEFT JOIN days d ON d.day = m.day AND d.place = m.place
ORDER BY w.x_BillingPeriod, m.series_id, m.day; -- by period: what is asked of some periods reads no others
