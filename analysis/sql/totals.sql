-- Usage per day, exact, in currency $currency.
SELECT d.day, sum(d.EffectiveCost)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $currency AND d.ChargeCategory = 'Usage' AND d.covered
GROUP BY d.day;
