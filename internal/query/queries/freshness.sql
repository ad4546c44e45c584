-- How far the data of each subscription reach, those that are behind first.
SELECT SubAccountId, max(SubAccountName) AS SubAccountName, min(ChargePeriodStart)::DATE AS first_day, max(ChargePeriodStart)::DATE AS last_day, count(DISTINCT x_BillingPeriod) AS periods
FROM usage
WHERE ChargeCategory = 'Usage'
GROUP BY SubAccountId
ORDER BY last_day, SubAccountId;
