-- The first day from $3 on, and the last before $4, on which the resources $2 cost
-- anything in currency $1, up to day $5.
SELECT s.ResourceId, min(d.day) FILTER (d.day >= $3), max(d.day) FILTER (d.day < $4)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $1 AND s.ResourceId IN (SELECT unnest($2::VARCHAR[])) AND d.day <= $5 AND (d.BilledCost <> 0 OR d.EffectiveCost <> 0)
GROUP BY s.ResourceId
ORDER BY s.ResourceId;
