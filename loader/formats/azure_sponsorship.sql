-- format:   azure_sponsorship
-- title:    Azure sponsorship usage (AzureUsage.csv)
-- cost:     statement
-- agreement: sponsored
-- requires: SubscriptionName, SubscriptionGuid, Date, ResourceGuid, ServiceName, ServiceType, ServiceRegion, ServiceResource, Quantity, Cost
-- days:     Date
-- order:    month-first
-- numbers:  Quantity, Cost
-- total:    Cost
--
-- The balance file of a sponsored or student subscription: a cost per day and
-- meter, no resource, no currency (XXX unless --assume-currency names it). Its
-- period is the calendar month.
SELECT
    _key,
    "Date"                                        AS ChargePeriodStart,
    "Date" + INTERVAL 1 DAY                       AS ChargePeriodEnd,
    azure_subscription("SubscriptionGuid")        AS BillingAccountId,
    azure_subscription("SubscriptionGuid")        AS SubAccountId,
    "SubscriptionName"                            AS SubAccountName,
    _month                                        AS BillingPeriodStart,
    'Usage'                                       AS ChargeCategory,
    "ServiceName"                                 AS ServiceName,
    "ServiceResource"                             AS SkuMeter,
    azure_region_id("ServiceRegion")              AS RegionId,
    "ServiceRegion"                               AS RegionName,
    "Quantity"                                    AS ConsumedQuantity,
    "Cost"                                        AS EffectiveCost,
    "Cost"                                        AS BilledCost,
    _currency                                     AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "ResourceGuid"                                AS x_MeterId,
    "ServiceType"                                 AS x_MeterSubcategory
FROM raw
