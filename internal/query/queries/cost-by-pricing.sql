-- At public or committed prices, or what changes by the hour. FOCUS: analyze costs by pricing category.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT PricingCategory, CommitmentDiscountStatus, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1, 2;
