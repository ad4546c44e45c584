-- Usage per day and series from $first up to, not including, $end, in currency $currency,
-- for statistics: doubles. Purchases, credits and taxes are no daily habit.
SELECT count(take_values(d.series_id, d.day, d.cost, d.quantity))
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND d.covered AND d.day >= $first AND d.day < $end;
