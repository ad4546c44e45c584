-- The series of currency $currency with the names that people know them by, what each costs in
-- all, and its first and last day.
SELECT s.series_id, s.BillingAccountId, s.SubAccountId, s.x_ResourceGroupName, s.ServiceName, s.RegionId, s.ResourceId,
       s.SkuMeter, s.ConsumedUnit, s.ChargeCategory, coalesce(n.name, ''), coalesce(o.owner, ''), coalesce(d.cost, 0), d.first, d.last
FROM series s
LEFT JOIN (SELECT ResourceId, max(ResourceName) AS name FROM keys WHERE ResourceId IS NOT NULL GROUP BY ResourceId) n
    ON n.ResourceId = s.ResourceId
LEFT JOIN (SELECT series_id, sum(abs(cost)) AS cost, min(day) AS first, max(day) AS last FROM daily GROUP BY series_id) d ON d.series_id = s.series_id
LEFT JOIN series_owners o ON o.series_id = s.series_id
WHERE s.BillingCurrency = $currency;
