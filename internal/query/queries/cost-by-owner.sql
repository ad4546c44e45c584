-- What each owner's charges cost; nobody's where there is no owner.
-- period: the bill's name, like 2026-10 (default the newest)
SELECT x_Owner, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, 1;
