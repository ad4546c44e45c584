-- What each subscription cost.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT SubAccountId, max(SubAccountName) AS SubAccountName, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY SubAccountId, BillingCurrency
ORDER BY cost DESC, SubAccountId;
