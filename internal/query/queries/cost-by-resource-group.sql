-- What each resource group cost, by subscription.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT SubAccountId, x_ResourceGroupName, BillingCurrency, sum(BilledCost) AS cost
FROM daily
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1, 2;
