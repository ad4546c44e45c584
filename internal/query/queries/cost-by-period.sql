-- What each bill cost, the newest first.
SELECT x_BillingPeriod, min(BillingPeriodStart) AS BillingPeriodStart, max(BillingPeriodEnd) AS BillingPeriodEnd, BillingCurrency, sum(BilledCost) AS cost
FROM usage
GROUP BY x_BillingPeriod, BillingCurrency
ORDER BY x_BillingPeriod DESC, BillingCurrency;
