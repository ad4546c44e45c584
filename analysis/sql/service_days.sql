-- Usage per day and service, exact, in currency $currency: totals.sql, divided.
SELECT d.ServiceName, d.day, sum(d.EffectiveCost)
FROM daily_services d JOIN scopes s ON s.scope_id = d.scope_id
WHERE s.BillingCurrency = $currency AND d.ChargeCategory = 'Usage' AND d.covered AND d.day >= $first AND d.day < $end
GROUP BY ALL
ORDER BY ALL;
