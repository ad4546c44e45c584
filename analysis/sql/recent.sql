-- What each series of currency $currency cost from $first up to, not including, $end: by this
-- the rest of a service is divided among its parts.
SELECT d.series_id, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND d.day >= $first AND d.day < $end
GROUP BY d.series_id
ORDER BY d.series_id;
