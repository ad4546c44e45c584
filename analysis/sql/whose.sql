-- Of each finding in the table told, whose its charges are: the sum of their sizes
-- by owner, largest first; '' is nobody. Texts are matched as the daily sums have them.
WITH shown AS (
    SELECT k.key_id, r.series_id
    FROM keys k
    JOIN scopes s ON s.scope_id = k.scope_id
    JOIN series r ON r.BillingAccountId = s.BillingAccountId AND r.SubAccountId = s.SubAccountId
        AND r.x_ResourceGroupName = coalesce(k.x_ResourceGroupName, '') AND r.ServiceName = coalesce(k.ServiceName, '')
        AND r.RegionId = coalesce(k.RegionId, '') AND r.ResourceId = coalesce(k.ResourceId, '')
        AND r.SkuMeter = coalesce(k.SkuMeter, '') AND r.ConsumedUnit = coalesce(k.ConsumedUnit, '')
        AND r.ChargeCategory = coalesce(k.ChargeCategory, '') AND r.BillingCurrency = s.BillingCurrency
    WHERE s.state = 'current' AND r.series_id IN (SELECT series_id FROM told)
)
SELECT t.finding, coalesce(o.owner, ''), sum(abs(c.BilledCost::DOUBLE) + abs(c.EffectiveCost::DOUBLE)) AS size
FROM told t
JOIN shown w ON w.series_id = t.series_id
JOIN charges c ON c.key_id = w.key_id AND c.ChargePeriodStart >= t.from_day AND c.ChargePeriodStart < t.to_day + 1
LEFT JOIN owned o ON o.key_id = c.key_id AND c.ChargePeriodStart >= o.first_day AND c.ChargePeriodStart < o.end_day
GROUP BY ALL
ORDER BY t.finding, size DESC, 2;
