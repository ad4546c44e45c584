-- What each series of currency $1 cost from $2 up to, not including, $3: by this
-- the rest of a service is divided among its parts.
SELECT d.series_id, sum(CASE WHEN $4 THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $1 AND d.day >= $2 AND d.day < $3
GROUP BY d.series_id
ORDER BY d.series_id;
