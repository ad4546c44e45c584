-- What each day cost, by kind of charge.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ChargePeriodStart AS day, ChargeCategory, BillingCurrency, sum(BilledCost) AS cost
FROM daily
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY day, ChargeCategory, BillingCurrency;
