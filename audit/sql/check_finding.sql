-- What the scope of a finding cost from $start to $end, before and after; how much at least
-- and at most on one of the 56 days before, and at most on one of its own. Days without
-- a charge between its first and its last one are days of cost 0. Whose most of it is, from $owned_from on, and how many
-- series with charges before $start had several owners since; on how many of its days its accounts were used.
-- What is bought is looked for $near days around as well.
WITH scope AS (
    SELECT * FROM audited
    WHERE ($billing::VARCHAR IS NULL OR BillingAccountId = $billing) AND ($account::VARCHAR IS NULL OR SubAccountId = $account)
        AND ($group::VARCHAR IS NULL OR x_ResourceGroupName = $group) AND ($service::VARCHAR IS NULL OR ServiceName = $service)
        AND ($region::VARCHAR IS NULL OR RegionId = $region) AND ($resource::VARCHAR IS NULL OR ResourceId = $resource)
        AND ($meter::VARCHAR IS NULL OR SkuMeter = $meter)
        AND ($resources::VARCHAR[] IS NULL OR ResourceId IN (SELECT unnest($resources::VARCHAR[])))
), daily AS (
    SELECT day, sum(effective) AS cost, min(effective) < 0 AS refunds FROM scope WHERE category = 'Usage' AND EXISTS (SELECT 1 FROM bills b WHERE b.account = scope.account AND scope.day >= b.first AND scope.day < b.end_day) GROUP BY day
), filled AS (
    SELECT d.day, coalesce(s.cost, 0) AS cost, s.refunds
    FROM (SELECT unnest(generate_series(min(day), greatest(max(day), $end::DATE), INTERVAL 1 DAY))::DATE AS day FROM daily) d
    LEFT JOIN daily s ON s.day = d.day
)
SELECT count(*) > 0, coalesce(bool_or(refunds), false), coalesce(sum(cost) FILTER (day BETWEEN $start AND $end), 0),
       coalesce(sum(cost) FILTER (day < $start), 0), count(*) FILTER (day < $start AND cost <> 0),
       coalesce(sum(cost) FILTER (day >= $start AND day <= $reach), 0),
       coalesce(min(cost) FILTER (day < $start AND day >= $start::DATE - 56), 0),
       coalesce(max(cost) FILTER (day < $start AND day >= $start::DATE - 56), 0), count(*) FILTER (day < $start AND day >= $start::DATE - 56),
       coalesce(max(cost) FILTER (day BETWEEN $start AND $end), 0),
       (SELECT count(*) FROM (SELECT ResourceId FROM scope WHERE category = 'Usage' AND effective <> 0 GROUP BY ResourceId HAVING min(day) >= $start AND min(day) <= $end)),
       coalesce((SELECT sum(cost) FROM scope WHERE category = 'Purchase'
           AND day BETWEEN $start::DATE - $near::INTEGER AND $end::DATE + $near::INTEGER AND day <= greatest($reach, $end)), 0),
       (SELECT count(*) FROM scope WHERE category = 'Purchase' AND day < $start),
       coalesce((SELECT sum(cost) FROM scope WHERE category IN ('Credit', 'Adjustment') AND day BETWEEN $start AND $end), 0),
       (SELECT owner FROM scope WHERE day BETWEEN $owned_from AND $end GROUP BY owner ORDER BY sum(abs(effective)) DESC, owner LIMIT 1),
       (SELECT count(*) FROM (
           SELECT ResourceId FROM scope WHERE day BETWEEN $owned_from AND $end GROUP BY ResourceId, SkuMeter
           HAVING count(DISTINCT owner) FILTER (day < $start) > 0 AND count(DISTINCT owner) > 1)),
       (SELECT count(DISTINCT a.day) FROM audited a WHERE a.category = 'Usage' AND a.day BETWEEN $start AND $end
           AND a.account IN (SELECT account FROM scope))
FROM filled
