-- The days on which charges of the owner's series are somebody else's, or
-- nobody's; no amounts. Only keys that are not all the owner's are looked at.
CREATE OR REPLACE TEMP TABLE elsewhere AS
WITH held AS (
    SELECT key_id, sum(end_day - first_day) AS days FROM mine GROUP BY key_id
), others AS (
    SELECT k.key_id, r.series_id, s.x_BillingPeriod
    FROM {ledger}.keys k
    JOIN {ledger}.scopes s ON s.scope_id = k.scope_id AND s.state = 'current'
    JOIN series r ON r.BillingAccountId = s.BillingAccountId AND r.SubAccountId = s.SubAccountId
        AND r.x_ResourceGroupName = coalesce(k.x_ResourceGroupName, '') AND r.ServiceName = coalesce(k.ServiceName, '')
        AND r.RegionId = coalesce(k.RegionId, '') AND r.ResourceId = coalesce(k.ResourceId, '')
        AND r.SkuMeter = coalesce(k.SkuMeter, '') AND r.ConsumedUnit = coalesce(k.ConsumedUnit, '')
        AND r.ChargeCategory = coalesce(k.ChargeCategory, '') AND r.BillingCurrency = s.BillingCurrency
    LEFT JOIN held h ON h.key_id = k.key_id
    WHERE coalesce(h.days, 0) < DATE '9999-01-01' - DATE '1900-01-01'
)
SELECT DISTINCT o.series_id, o.x_BillingPeriod, c.ChargePeriodStart::DATE AS day
FROM {ledger}.charges c
JOIN others o ON o.key_id = c.key_id
LEFT JOIN mine m ON m.key_id = c.key_id AND c.ChargePeriodStart >= m.first_day AND c.ChargePeriodStart < m.end_day
WHERE m.key_id IS NULL;
