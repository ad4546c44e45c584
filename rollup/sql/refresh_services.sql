-- The sums per day, scope, service and category, as refresh_daily has them per
-- series.
INSERT INTO daily_services
WITH shown AS (
    SELECT key_id, scope_id, shadowed, coalesce(ServiceName, '') AS service, coalesce(ChargeCategory, '') AS category,
           min(key_id) OVER (PARTITION BY scope_id, ServiceName, ChargeCategory) AS part -- a number to group by
    FROM current_keys WHERE shown
), sums AS (
    SELECT c.ChargePeriodStart::DATE AS day, w.part, sum(c.BilledCost) AS billed,
           sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective
    FROM charges c JOIN shown w ON w.key_id = c.key_id
    GROUP BY ALL
), spans AS (
    SELECT DISTINCT SubAccountId, BillingPeriodStart, BillingPeriodEnd FROM scopes WHERE state = 'current'
)
SELECT m.day, w.scope_id, w.service, w.category,
       EXISTS (SELECT 1 FROM spans p WHERE p.SubAccountId = s.SubAccountId AND m.day >= p.BillingPeriodStart AND m.day < p.BillingPeriodEnd),
       sum(m.billed), sum(m.effective)
FROM sums m JOIN shown w ON w.key_id = m.part JOIN scopes s ON s.scope_id = w.scope_id
GROUP BY ALL
ORDER BY w.scope_id, m.day;
