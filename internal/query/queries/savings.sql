-- What discounts and commitments save of the public price, by service. FOCUS: effective savings rate.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT ServiceName, BillingCurrency, sum(ListCost) AS list, sum(EffectiveCost) AS effective, sum(ListCost) - sum(EffectiveCost) AS saved,
       round(100 * (1 - sum(EffectiveCost)::DOUBLE / nullif(sum(ListCost), 0)::DOUBLE), 1) AS percent
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily)) AND ChargeCategory = 'Usage'
GROUP BY ALL
HAVING sum(ListCost) > 0
ORDER BY saved DESC, ServiceName;
