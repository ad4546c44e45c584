-- What each value of a tag cost. FOCUS: allocate costs by tag.
-- tag: the tag's key, like team, in any case
-- period: the bill's name, like 2026-10 (default the newest)
SELECT list_extract(map_values(Tags), list_position(list_transform(map_keys(Tags), lambda k: lower(k)), lower(trim($tag)))) AS value, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
GROUP BY ALL
ORDER BY cost DESC, value;
