-- Purchases per day and product up to day $last, in currency $currency: what is bought
-- again and again, apart from usage.
SELECT s.BillingAccountId, s.SubAccountId, s.x_ResourceGroupName, s.ServiceName, s.ResourceId, s.SkuMeter, d.day, sum(d.BilledCost)
FROM daily d JOIN series s ON s.series_id = d.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Purchase' AND d.day <= $last
GROUP BY ALL
ORDER BY ALL;
