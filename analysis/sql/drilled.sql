-- Cost per day of the series $ids, in currency $currency, from $first up to, not including, $end:
-- for a picture.
SELECT d.day, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND d.day >= $first AND d.day < $end AND d.series_id IN (SELECT unnest($ids::BIGINT[]))
GROUP BY d.day ORDER BY d.day;
