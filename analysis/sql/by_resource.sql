-- What some series of another ledger cost on each day from $first to $last by resource, in a ledger
-- with finer ones. Of the resource groups, regions and meters these are compared that the other
-- ledger has. How texts are spelled differs: the most frequent spelling of each ledger counts.
WITH told AS (
    SELECT DISTINCT lower(bill) AS bill, lower(account) AS account, lower(service) AS service, lower(unit) AS unit,
           CASE WHEN $by_group THEN lower("group") ELSE '' END AS "group", CASE WHEN $by_region THEN lower(region) ELSE '' END AS region,
           CASE WHEN $by_meter THEN lower(meter) ELSE '' END AS meter
    FROM (SELECT unnest($bills::VARCHAR[]) AS bill, unnest($accounts::VARCHAR[]) AS account, unnest($services::VARCHAR[]) AS service,
                 unnest($units::VARCHAR[]) AS unit, unnest($groups::VARCHAR[]) AS "group", unnest($regions::VARCHAR[]) AS region,
                 unnest($meters::VARCHAR[]) AS meter)
)
SELECT s.ResourceId, coalesce(max(n.name), ''), d.day, sum(d.EffectiveCost)
FROM daily d
JOIN series s ON s.series_id = d.series_id
JOIN told t ON t.bill = lower(s.BillingAccountId) AND t.account = lower(s.SubAccountId) AND t.service = lower(s.ServiceName)
    AND t.unit = lower(s.ConsumedUnit) AND t."group" = CASE WHEN $by_group THEN lower(s.x_ResourceGroupName) ELSE '' END
    AND t.region = CASE WHEN $by_region THEN lower(s.RegionId) ELSE '' END
    AND t.meter = CASE WHEN $by_meter THEN lower(s.SkuMeter) ELSE '' END
LEFT JOIN (SELECT ResourceId, max(ResourceName) AS name FROM keys WHERE ResourceId IS NOT NULL GROUP BY ResourceId) n
    ON n.ResourceId = s.ResourceId
WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND d.covered AND d.day BETWEEN $first AND $last
GROUP BY s.ResourceId, d.day
ORDER BY s.ResourceId, d.day;
