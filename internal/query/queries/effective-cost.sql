-- What is on the bill beside what it costs with commitments spread over what they cover, by service. FOCUS: analyze costs by effective cost.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ServiceName, BillingCurrency, sum(BilledCost) AS billed, sum(EffectiveCost) AS effective, sum(EffectiveCost) - sum(BilledCost) AS difference
FROM daily
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY effective DESC, ServiceName;
