-- Of bridge_sums.sql, what corrects earlier charges: refunds that stand among
-- the usage and the purchases.
WITH corrections AS (
    SELECT w.k, u.BillingAccountId, u.SubAccountId, coalesce(u.x_ResourceGroupName, '') AS grp, coalesce(u.ServiceName, '') AS service,
           coalesce(u.RegionId, '') AS region, coalesce(u.ResourceId, '') AS resource, coalesce(u.SkuMeter, '') AS meter,
           coalesce(u.ConsumedUnit, '') AS unit, coalesce(u.ChargeCategory, '') AS category, coalesce(u.x_Owner, '') AS owner,
           sum(CASE WHEN $amortized THEN u.EffectiveCost ELSE u.BilledCost END) AS cost, coalesce(sum(u.ConsumedQuantity), 0) AS quantity
    FROM usage u
    JOIN windows w ON w.account = CASE WHEN u.SubAccountId <> '' THEN u.SubAccountId ELSE u.BillingAccountId END
        AND (w.period IS NULL AND u.ChargePeriodStart >= w.from_day OR w.period = u.x_BillingPeriod)
        AND u.ChargePeriodStart < w.to_day AND w.k < $windows
    WHERE u.BillingCurrency = $currency AND u.ChargeClass = 'Correction'
    GROUP BY ALL
)
SELECT c.k, s.series_id, c.cost, c.quantity
FROM corrections c
JOIN series s ON s.BillingAccountId = c.BillingAccountId AND s.SubAccountId = c.SubAccountId AND s.x_ResourceGroupName = c.grp
    AND s.ServiceName = c.service AND s.RegionId = c.region AND s.ResourceId = c.resource AND s.SkuMeter = c.meter
    AND s.ConsumedUnit = c.unit AND s.ChargeCategory = c.category AND s.BillingCurrency = $currency
LEFT JOIN series_owners o ON o.series_id = s.series_id
WHERE o.owner IS NULL OR o.owner = c.owner
ORDER BY c.k, s.series_id;
