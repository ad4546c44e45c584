-- What the change of unit prices makes of the cost of a scope from $start to $end, against
-- the $days days before on which it was used: of each resource's meters that were used in both, at the newer quantity. With $one all ids
-- are of one resource, else those that end alike: one may go on under another id.
WITH scope AS (
    SELECT * FROM audited
    WHERE category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = audited.account AND audited.day >= b.first AND audited.day < b.end_day) AND day <= $end
        AND ($billing::VARCHAR IS NULL OR BillingAccountId = $billing) AND ($account::VARCHAR IS NULL OR SubAccountId = $account)
        AND ($group::VARCHAR IS NULL OR x_ResourceGroupName = $group) AND ($service::VARCHAR IS NULL OR ServiceName = $service)
        AND ($region::VARCHAR IS NULL OR RegionId = $region) AND ($resource::VARCHAR IS NULL OR ResourceId = $resource)
        AND ($meter::VARCHAR IS NULL OR SkuMeter = $meter)
        AND ($resources::VARCHAR[] IS NULL OR ResourceId IN (SELECT unnest($resources::VARCHAR[])))
), base AS (
    SELECT min(day) AS first FROM (SELECT DISTINCT day FROM scope WHERE day < $start ORDER BY day DESC LIMIT $days)
), priced AS (
    SELECT CASE WHEN $one THEN '' ELSE lower(regexp_extract(ResourceId, '[^/]+$')) END AS resource, ServiceName, SkuMeter, unit, RegionId, sum(effective) FILTER (day < $start) AS cost_before, sum(quantity) FILTER (day < $start) AS before,
           sum(effective) FILTER (day >= $start) AS cost_now, sum(quantity) FILTER (day >= $start) AS now
    FROM scope
    WHERE day >= (SELECT coalesce(first, $start::DATE) FROM base)
    GROUP BY ALL
)
SELECT coalesce(sum(cost_now::DOUBLE - now::DOUBLE * cost_before::DOUBLE / before::DOUBLE), 0) FROM priced WHERE before > 0 AND now > 0
