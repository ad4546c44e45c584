-- Usage, purchases, taxes, credits and adjustments, and what corrects an earlier bill. FOCUS: report on refunds and corrections.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ChargeCategory, ChargeClass, ServiceName, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1, 2, 3;
