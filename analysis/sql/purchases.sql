-- What was charged apart from usage per day and product up to day $last, in currency $currency: the
-- charges of $categories, like Purchase. By effective cost, where $amortized, a commitment costs nothing when it is bought.
SELECT s.BillingAccountId, s.SubAccountId, s.x_ResourceGroupName, s.ServiceName, s.ResourceId, s.SkuMeter, d.day, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END) AS cost
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory IN (SELECT unnest($categories::VARCHAR[])) AND d.day <= $last
GROUP BY ALL
HAVING cost <> 0 OR NOT $amortized AND any_value(s.ChargeCategory) = 'Purchase'
ORDER BY ALL;
