-- Usage per day, exact, in currency $1.
SELECT d.day, sum(d.EffectiveCost)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $1 AND s.ChargeCategory = 'Usage' AND d.covered AND d.day >= $2 AND d.day < $3
GROUP BY d.day ORDER BY d.day;
