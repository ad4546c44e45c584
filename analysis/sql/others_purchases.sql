-- What others bought of what the owner buys, too, by day up to $last, in currency $currency.
SELECT s.BillingAccountId, s.SubAccountId, s.x_ResourceGroupName, s.ServiceName, s.ResourceId, s.SkuMeter, e.day, sum(e.BilledCost)::DECIMAL(38, 18)
FROM elsewhere e JOIN series s ON s.series_id = e.series_id
WHERE s.BillingCurrency = $currency AND s.ChargeCategory = 'Purchase' AND e.day <= $last
GROUP BY ALL
ORDER BY ALL;
