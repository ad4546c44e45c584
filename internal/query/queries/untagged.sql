-- What has no tag, or not the one that is named, by resource group, largest first.
-- tag: the tag's key, in any case (default any)
-- period: the bill's name, like 2026-10 (default the newest)
SELECT SubAccountId, x_ResourceGroupName, ServiceName, BillingCurrency, sum(BilledCost) AS cost
FROM usage
WHERE x_BillingPeriod = coalesce($period, (SELECT max(x_BillingPeriod) FROM daily))
  AND CASE WHEN $tag IS NULL THEN coalesce(cardinality(Tags), 0) = 0 ELSE coalesce(list_extract(map_values(Tags), list_position(list_transform(map_keys(Tags), lambda k: lower(k)), lower(trim($tag)))), '') = '' END
GROUP BY ALL
ORDER BY cost DESC, SubAccountId, x_ResourceGroupName, ServiceName
LIMIT 100;
