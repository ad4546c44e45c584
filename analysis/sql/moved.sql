-- Of outlook.sql, the usage of resources that go on in another account before day $end, from the account in which they were, by series.
SELECT d.series_id, d.day, (CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END)::DOUBLE
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND d.covered AND d.day < $end
    AND s.ResourceId IN (SELECT old FROM links l WHERE l.kind = 'resource_id' AND l.SubAccountId <> s.SubAccountId AND l.first_new < $end)
ORDER BY d.series_id, d.day;
