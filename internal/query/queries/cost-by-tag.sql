-- What each value of a tag cost. FOCUS: allocate costs by tag.
-- tag: the tag's key, like team
-- period: the bill's name, like 2026-10 (default the newest)
SELECT Tags[$tag] AS value, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, value;
