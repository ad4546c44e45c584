-- Resources without a charge in the last week of the data, by what their last thirty days cost.
WITH last AS (SELECT max(ChargePeriodStart) AS day FROM daily WHERE ChargeCategory = 'Usage'),
     seen AS (SELECT ResourceId, BillingCurrency, max(ChargePeriodStart) AS last_day FROM daily WHERE ResourceId <> '' GROUP BY ALL)
SELECT ResourceId, last_day, BillingCurrency, sum(BilledCost) AS cost
FROM seen JOIN daily USING (ResourceId, BillingCurrency), last
WHERE last_day <= last.day - 7 AND ChargePeriodStart > last_day - 30
GROUP BY ALL
ORDER BY cost DESC, ResourceId
LIMIT 100;
