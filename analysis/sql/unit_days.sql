-- What the series $series, or all of them with $all, of currency $currency cost on each day from
-- $first up to, not including, $end: all charges, and usage alone.
SELECT d.day, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END),
       coalesce(sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END) FILTER (s.ChargeCategory = 'Usage'), 0)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND d.day >= $first AND d.day < $end AND ($all OR d.series_id IN (SELECT unnest($series::BIGINT[])))
GROUP BY d.day
ORDER BY d.day;
