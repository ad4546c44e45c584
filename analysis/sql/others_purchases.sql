-- What others were charged for what the owner is charged for, too (purchases.sql), by day up to $last, in currency $currency.
SELECT s.BillingAccountId, s.SubAccountId, s.x_ResourceGroupName, s.ServiceName, s.ResourceId, s.SkuMeter, e.day, sum(CASE WHEN $amortized THEN e.cost::DECIMAL(38, 18) ELSE e.BilledCost END)::DECIMAL(38, 18) AS cost
FROM elsewhere e JOIN series s ON s.series_id = e.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory IN (SELECT unnest($categories::VARCHAR[])) AND e.day <= $last
GROUP BY ALL
HAVING cost <> 0 OR NOT $amortized AND any_value(s.ChargeCategory) = 'Purchase'
ORDER BY ALL;
