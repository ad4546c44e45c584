-- format:   azure_account_v1
-- title:    Azure usage file, version 1
-- cost:     statement
-- contract: MOSP
-- layout:   sections
-- statement: Billing Period, Name, Type, Resource, Region, Unit, Consumed, Included, Billable, Currency, Rate, Value
-- requires: Usage Date, Name, Resource GUID, Type, Resource, Region, Unit, Consumed, Component
-- days:     Usage Date
-- order:    month-first
-- numbers:  Consumed, Statement Cost, Statement Quantity
-- total:    Statement Cost
--
-- "Download usage", version 1: as version 2, with fewer and older names, and no
-- Azure Resource Manager details (no group, no tags, no full resource id), so
-- the resource's name stands for its id. Where version 2 is offered, take it.
SELECT
    _key,
    "Usage Date"                                  AS ChargePeriodStart,
    "Usage Date" + INTERVAL 1 DAY                 AS ChargePeriodEnd,
    azure_subscription("Subscription ID")         AS BillingAccountId,
    "Subscription Name"                           AS BillingAccountName,
    azure_subscription("Subscription ID")         AS SubAccountId,
    "Subscription Name"                           AS SubAccountName,
    "Period Name"                                 AS x_BillingPeriod,
    "Period Start"::DATE                          AS BillingPeriodStart,
    "Period End"::DATE                            AS BillingPeriodEnd,
    CASE WHEN "Statement Line" = 'one-time' THEN 'Purchase' ELSE 'Usage' END AS ChargeCategory,
    CASE WHEN "Statement Line" = 'one-time' THEN 'One-Time' ELSE 'Usage-Based' END AS ChargeFrequency,
    "Name"                                        AS ServiceName,
    "Resource"                                    AS SkuMeter,
    azure_region_id("Sub Region")                 AS RegionId,
    coalesce("Region", "Sub Region")              AS RegionName,
    lower("Component")                            AS ResourceId,
    "Component"                                   AS ResourceName,
    "Consumed"                                    AS ConsumedQuantity,
    "Unit"                                        AS ConsumedUnit,
    "Statement Cost"                              AS EffectiveCost,
    "Statement Cost"                              AS BilledCost,
    "Statement Quantity"                          AS PricingQuantity,
    _currency                                     AS BillingCurrency,
    'Microsoft'                                   AS ProviderName,
    "Resource GUID"                               AS x_MeterId,
    "Type"                                        AS x_MeterSubcategory
FROM raw
