-- Who sold it: the cloud, and others on its marketplace. FOCUS: analyze marketplace vendors' costs.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT PublisherName, ServiceName, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1, 2;
