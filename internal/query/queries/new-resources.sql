-- Resources whose first charge of all is in the period, dearest first.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ResourceId, min(ChargePeriodStart) AS first_day, BillingCurrency, sum(BilledCost) AS cost
FROM daily
WHERE ResourceId <> ''
GROUP BY ResourceId, BillingCurrency
HAVING min(x_BillingPeriod) = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
ORDER BY cost DESC, ResourceId
LIMIT 100;
