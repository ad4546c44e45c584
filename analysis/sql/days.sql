-- Usage per day and series from $2 up to, not including, $3, in currency $1,
-- for statistics: doubles. Purchases, credits and taxes are no daily habit.
SELECT count(take_values(d.series_id, d.day, d.cost, d.quantity))
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $1 AND s.ChargeCategory = 'Usage' AND d.covered AND d.day >= $2 AND d.day < $3;
