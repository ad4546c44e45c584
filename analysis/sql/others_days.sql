-- What others' charges of the owner's series in currency $currency cost, on the days from
-- $first up to, not including, $end on which the owner has none of the series, for statistics.
SELECT e.series_id, e.day, sum(e.cost), sum(e.quantity)
FROM elsewhere e JOIN series s ON s.series_id = e.series_id
LEFT JOIN daily d ON d.series_id = e.series_id AND d.day = e.day
WHERE s.BillingCurrency = $currency AND e.day >= $first AND e.day < $end AND d.series_id IS NULL
GROUP BY e.series_id, e.day
ORDER BY series_id, day;
