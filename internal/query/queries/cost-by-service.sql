-- What each service cost.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ServiceName, BillingCurrency, sum(BilledCost) AS cost
FROM daily
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1;
