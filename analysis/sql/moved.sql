-- Of outlook.sql, the usage of resources that go on in another account before day $end, from the account in which they were, by series.
WITH gone AS (
    SELECT DISTINCT s.series_id
    FROM series s JOIN links l ON l.kind = 'resource_id' AND l.old = s.ResourceId AND l.SubAccountId <> s.SubAccountId
    WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Usage' AND l.first_new < $end
)
SELECT series_id, day, (CASE WHEN $amortized THEN EffectiveCost ELSE BilledCost END)::DOUBLE
FROM daily JOIN gone USING (series_id)
WHERE covered AND day < $end
ORDER BY series_id, day;
