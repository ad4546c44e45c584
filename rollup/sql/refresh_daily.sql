-- The sums, per day and series. The texts are matched once per key, not once
-- per charge; shown is the condition of the view usage.
INSERT INTO daily
WITH shown AS (
    SELECT k.key_id, r.series_id, s.x_BillingPeriod, s.SubAccountId, s.shadowed
    FROM keys k
    JOIN scopes s ON s.scope_id = k.scope_id
    JOIN series r ON r.BillingAccountId = s.BillingAccountId AND r.SubAccountId = s.SubAccountId
        AND r.x_ResourceGroupName = coalesce(k.x_ResourceGroupName, '') AND r.ServiceName = coalesce(k.ServiceName, '')
        AND r.RegionId = coalesce(k.RegionId, '') AND r.ResourceId = coalesce(k.ResourceId, '')
        AND r.SkuMeter = coalesce(k.SkuMeter, '') AND r.ConsumedUnit = coalesce(k.ConsumedUnit, '')
        AND r.ChargeCategory = coalesce(k.ChargeCategory, '') AND r.BillingCurrency = s.BillingCurrency
    WHERE s.state = 'current'
      AND (NOT s.shadowed
           OR (k.ChargeCategory IN ('Purchase', 'Credit')
               AND (k.PricingCategory = 'Committed' OR k.CommitmentDiscountId IS NOT NULL)))
), sums AS (
    SELECT c.ChargePeriodStart::DATE AS day, w.series_id, w.x_BillingPeriod, w.SubAccountId,
           sum(c.BilledCost) AS billed,
           sum(CASE WHEN w.shadowed THEN 0::DECIMAL(38, 18) ELSE c.EffectiveCost END) AS effective,
           sum(c.ConsumedQuantity) AS quantity
    FROM charges c JOIN shown w ON w.key_id = c.key_id
    GROUP BY ALL
), spans AS (
    SELECT DISTINCT SubAccountId, BillingPeriodStart, BillingPeriodEnd FROM scopes WHERE state = 'current'
), days AS (
    SELECT DISTINCT m.day, m.SubAccountId
    FROM (SELECT DISTINCT day, SubAccountId FROM sums) m
    JOIN spans p ON p.SubAccountId = m.SubAccountId AND m.day >= p.BillingPeriodStart AND m.day < p.BillingPeriodEnd
)
SELECT m.day, m.series_id, m.x_BillingPeriod, d.day IS NOT NULL, m.billed, m.effective, m.quantity,
       m.effective::DOUBLE, coalesce(m.quantity::DOUBLE, 0)
FROM sums m LEFT JOIN days d ON d.day = m.day AND d.SubAccountId = m.SubAccountId
ORDER BY m.x_BillingPeriod, m.series_id, m.day; -- by period: what is asked of some periods reads no others
