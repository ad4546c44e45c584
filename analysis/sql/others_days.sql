-- What others' charges of the owner's series in currency $currency cost, on the days from
-- $first up to, not including, $end on which the owner has none of the series, for statistics.
SELECT e.series_id, e.day, sum(e.cost), sum(e.quantity)
FROM elsewhere e JOIN series s ON s.series_id = e.series_id
WHERE s.BillingCurrency = $currency AND e.day >= $first AND e.day < $end
  AND NOT EXISTS (SELECT 1 FROM daily d WHERE d.series_id = e.series_id AND d.day = e.day)
GROUP BY e.series_id, e.day
ORDER BY e.series_id, e.day;
