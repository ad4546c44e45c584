-- The charges in currency $currency up to day $last, a row for each day and series. Where
-- only amortized files are loaded, cost is effective cost.
SELECT CASE WHEN coalesce(SubAccountId, '') <> '' THEN SubAccountId ELSE BillingAccountId END AS account,
       x_BillingPeriod AS bill, BillingPeriodStart::DATE AS bill_first, BillingPeriodEnd::DATE AS bill_end,
       ChargePeriodStart::DATE AS day, day >= bill_first AND day < bill_end AS inside,
       coalesce(ChargeCategory, '') AS category, BillingAccountId, coalesce(SubAccountId, '') AS SubAccountId,
       coalesce(x_ResourceGroupName, '') AS x_ResourceGroupName, coalesce(ServiceName, '') AS ServiceName,
       coalesce(RegionId, '') AS RegionId, coalesce(ResourceId, '') AS ResourceId, coalesce(SkuMeter, '') AS SkuMeter,
       coalesce(ConsumedUnit, '') AS unit, coalesce(x_Owner, '') AS owner, x_LoadId AS load_id,
       sum(CASE WHEN amortized THEN EffectiveCost ELSE BilledCost END) AS cost, sum(EffectiveCost) AS effective,
       sum(ConsumedQuantity) AS quantity
FROM usage, (SELECT bool_and(x_CostType = 'amortized') AS amortized FROM usage WHERE BillingCurrency = $currency)
WHERE BillingCurrency = $currency AND ChargePeriodStart::DATE <= $last
GROUP BY ALL
