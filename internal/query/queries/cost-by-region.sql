-- What each region cost, by service. FOCUS: analyze the costs of a service by region.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT RegionId, ServiceName, BillingCurrency, sum(BilledCost) AS cost
FROM daily
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1, 2;
