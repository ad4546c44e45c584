-- What was taken off the bill by day and kind, up to day $last, in currency $currency: credits and
-- adjustments. By effective cost, where $amortized.
SELECT s.BillingAccountId, s.SubAccountId, s.x_ResourceGroupName, s.ServiceName, s.ResourceId, s.SkuMeter, d.day, sum(CASE WHEN $amortized THEN d.EffectiveCost ELSE d.BilledCost END) AS cost
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory IN ('Credit', 'Adjustment') AND d.day <= $last
GROUP BY ALL
HAVING cost <> 0
ORDER BY ALL;
