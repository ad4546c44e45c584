-- The values of the tag keys $2 (in lower case) of each series of currency $1, as
-- they were on its last day before $3 that has them, and that day.
WITH tagged AS (
    SELECT k.key_id, s.BillingAccountId, s.SubAccountId, coalesce(k.x_ResourceGroupName, '') AS grp, coalesce(k.ServiceName, '') AS service,
           coalesce(k.RegionId, '') AS region, coalesce(k.ResourceId, '') AS resource, coalesce(k.SkuMeter, '') AS meter,
           coalesce(k.ConsumedUnit, '') AS unit, coalesce(k.ChargeCategory, '') AS category, unnest(map_entries(k.Tags)) AS tag
    FROM keys k JOIN scopes s ON s.scope_id = k.scope_id
    WHERE s.state = 'current' AND s.BillingCurrency = $1 AND k.ChargeCategory = 'Usage' AND k.Tags IS NOT NULL
), newest AS (
    SELECT key_id, max(ChargePeriodStart)::DATE AS day FROM charges WHERE ChargePeriodStart < $3 GROUP BY key_id
)
SELECT lower(t.tag.key) AS key, r.series_id, coalesce(t.tag.value, ''), n.day
FROM tagged t
JOIN newest n ON n.key_id = t.key_id
JOIN series r ON r.BillingAccountId = t.BillingAccountId AND r.SubAccountId = t.SubAccountId AND r.x_ResourceGroupName = t.grp
    AND r.ServiceName = t.service AND r.RegionId = t.region AND r.ResourceId = t.resource AND r.SkuMeter = t.meter
    AND r.ConsumedUnit = t.unit AND r.ChargeCategory = t.category AND r.BillingCurrency = $1
WHERE lower(t.tag.key) IN (SELECT unnest($2::VARCHAR[]))
QUALIFY row_number() OVER (PARTITION BY lower(t.tag.key), r.series_id ORDER BY n.day DESC, t.tag.value) = 1
ORDER BY key, r.series_id;
