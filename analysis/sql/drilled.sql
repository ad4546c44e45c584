-- Cost per day of the series $5, in currency $1, from $3 up to, not including, $4:
-- for a picture.
SELECT d.day, sum(CASE WHEN $2 THEN d.EffectiveCost ELSE d.BilledCost END)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $1 AND d.day >= $3 AND d.day < $4 AND d.series_id IN (SELECT unnest($5::BIGINT[]))
GROUP BY d.day ORDER BY d.day;
