-- The first day from $since on, and the last before $before, on which the resources $resources cost
-- anything in currency $currency, up to day $last.
SELECT s.ResourceId, min(d.day) FILTER (d.day >= $since), max(d.day) FILTER (d.day < $before)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ResourceId IN (SELECT unnest($resources::VARCHAR[])) AND d.day <= $last AND (d.BilledCost <> 0 OR d.EffectiveCost <> 0)
GROUP BY s.ResourceId
ORDER BY s.ResourceId;
