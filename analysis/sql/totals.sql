-- Usage per day, exact, in currency $1.
SELECT d.day, sum(d.EffectiveCost)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $1 AND d.ChargeCategory = 'Usage' AND d.covered AND d.day >= $2 AND d.day < $3
GROUP BY d.day ORDER BY d.day;
