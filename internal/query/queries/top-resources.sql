-- The fifty dearest resources.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ResourceId, ServiceName, x_ResourceGroupName, BillingCurrency, sum(BilledCost) AS cost
FROM daily
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND ResourceId <> ''
GROUP BY ALL
ORDER BY cost DESC, ResourceId, ServiceName
LIMIT 50;
